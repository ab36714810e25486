import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Runs
@testable import Training

@Suite("Metrics for Prometheus")
struct PrometheusTests {
  private let files: TemporaryFolder
  private let warnings = Warnings()

  init() throws {
    files = try TemporaryFolder()
  }

  @Test("have a help text, a type, and escaped label values that control no terminal")
  func format() {
    let metric = PrometheusMetric(
      name: "trainer_info", kind: .gauge, help: "One \\ and\na line.",
      samples: [
        .init(labels: [], value: 0.25), .init(labels: [.init(name: "a", value: "")], value: 3),
        .init(
          labels: [
            .init(name: "path", value: #"C:\"x""# + "\r\n\u{1B}\u{202E}{é}\"\u{301}"),
            .init(name: "b", value: "2"),
          ], value: 1e-7),
      ])
    #expect(
      metric.text == #"""
        # HELP trainer_info One \\ and\na line.
        # TYPE trainer_info gauge
        trainer_info 0.25
        trainer_info{a=""} 3
        trainer_info{path="C:\\\"x\"\#u{FFFD}\n\#u{FFFD}\#u{FFFD}{é}\"\#u{301}",b="2"} 1e-07

        """#)
    let values = [Double.nan, .infinity, -.infinity, -2, 1e300].map { value in
      PrometheusMetric(
        name: "x", kind: .gauge, help: "", samples: [.init(labels: [], value: value)]
      ).text.split(separator: "\n").last.map(String.init)
    }
    #expect(values == ["x NaN", "x +Inf", "x -Inf", "x -2", "x 1e+300"])
  }

  /// The samples of a file, by name and labels.
  private func samples(_ name: String = "a.prom") throws -> [String: Double] {
    let lines = try files.text(name).split(separator: "\n").filter { !$0.hasPrefix("#") }
    return Dictionary(
      uniqueKeysWithValues: lines.compactMap { line in
        guard let end = line.lastIndex(of: " ") else { return nil }
        return (String(line[..<end]), Double(line[line.index(after: end)...]) ?? .nan)
      })
  }

  private func file(_ name: String = "a.prom", interval: Double = 1000) -> RetriedOutput {
    RetriedOutput(
      PrometheusFile(path: files.path(name), interval: interval),
      warn: { [warnings] in warnings.add($0) })
  }

  /// Keeps the file's samples at events of the run, after the file's observer.
  private final class Reader: TrainingObserver {
    private let read: @Sendable (String) throws -> Void

    init(_ read: @escaping @Sendable (String) throws -> Void) { self.read = read }

    func started(_ run: TrainingRun) throws -> RunDecision {
      try read("start")
      return .proceed
    }
    func progressed(_ progress: EpochProgress) -> Bool { progress.step == 2 }
    func paused(_ run: TrainingRun) throws -> RunDecision {
      try read("pause")
      return .proceed
    }
  }

  @Test("are those of the run, from its start to its end")
  func run() throws {
    let run = try TrainingRunTests.run { $0.validationCount = 30 }
    let reader = Reader { [files] event in
      try files.write(files.bytes("a.prom"), to: event)
    }
    let (last, _) = try run.train(observers: [file(interval: 0), reader])
    let epoch = try #require(last)
    let start = try samples("start")
    #expect(start[#"trainer_run_state{state="running",run="a"}"#] == 1)
    #expect(start[#"trainer_step_total{run="a"}"#] == 0)
    #expect(start[#"trainer_step_limit{run="a"}"#] == 8)
    #expect(start.keys.allSatisfy { !$0.hasPrefix("trainer_train_loss") })
    let pause = try samples("pause")
    // Seven of eight steps end no epoch and are a pause; the last one was kept.
    #expect(pause[#"trainer_step_total{run="a"}"#] == 7)
    #expect(pause[#"trainer_learning_rate{run="a"}"#] == 0.001)
    #expect(pause[#"trainer_epoch{run="a"}"#] == 1)
    let end = try samples()
    let model = run.configuration.model
    #expect(
      end[#"trainer_info{version="0.1.0",dataset="synthetic",model="\#(model)",run="a"}"#] == 1)
    for state in RunMetrics.State.allCases {
      #expect(
        end[#"trainer_run_state{state="\#(state.rawValue)",run="a"}"#]
          == (state == .complete ? 1 : 0))
    }
    let expected = [
      "epoch": 2, "epoch_limit": 2, "step_total": 8, "step_limit": 8, "samples_total": 400,
      "train_loss": epoch.training.loss, "train_accuracy_ratio": epoch.training.accuracy,
      "validation_loss": epoch.validation?.loss,
      "validation_accuracy_ratio": epoch.validation?.accuracy, "test_loss": epoch.test.loss,
      "test_accuracy_ratio": epoch.test.accuracy, "learning_rate": 0.001,
      "samples_per_second": epoch.samplesPerSecond, "run_seconds_total": run.position.seconds,
    ]
    for (name, value) in expected {
      #expect(end["trainer_\(name){run=\"a\"}"] == value, "\(name)")
    }
    let time = try #require(end[#"trainer_update_timestamp_seconds{run="a"}"#])
    #expect(abs(time - Date.now.timeIntervalSince1970) < 600)
    let text = try files.text("a.prom")
    for line in text.split(separator: "\n") where line.hasPrefix("# TYPE ") {
      #expect(line.hasSuffix("_total counter") || line.hasSuffix(" gauge"))
    }
    #expect(try Set(files.names()) == ["a.prom", "start", "pause"])
    #expect(warnings.all.isEmpty)
  }

  @Test("say that a run stopped or failed")
  func states() throws {
    struct Stopper: TrainingObserver {
      let fails: Bool
      func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
        if fails { throw TrainerError(.failed, "no more") }
        return .stop
      }
    }
    for (fails, state) in [(false, "stopped"), (true, "failed")] {
      let run = try TrainingRunTests.run()
      _ = try? run.train(observers: [file(), Stopper(fails: fails)])
      #expect(try samples()[#"trainer_run_state{state="\#(state)",run="a"}"#] == 1)
      #expect(try samples()[#"trainer_epoch{run="a"}"#] == 1)
    }
  }

  @Test("that cannot be written are an error at the start and the end, and a warning at a stop")
  func failures() throws {
    let run = try TrainingRunTests.run()
    #expect(throws: FileError.self) { try run.train(observers: [file("none/a.prom")]) }
    #expect(run.position.step == 0)
    for stops in [true, false] {
      try files.write([], to: "folder/old")
      let folder = files.path("folder")
      let run = try TrainingRunTests.run()
      let remover = Remover(folder: folder, stops: stops)
      let observers: [any TrainingObserver] = [file("folder/a.prom"), remover]
      if stops {
        try run.train(observers: observers)
        #expect(warnings.all.count == 1)
        let warning = try #require(warnings.all.first)
        #expect(warning.contains("folder/a.prom") && !warning.contains("training continues"))
      } else {
        #expect(throws: FileError.self) { try run.train(observers: observers) }
        #expect(run.position.history.count == 2)
      }
    }
  }

  /// Removes a folder in the first epoch, and may stop the run.
  private struct Remover: TrainingObserver {
    let folder: String
    let stops: Bool

    func progressed(_ progress: EpochProgress) -> Bool { progress.step == 2 }
    func paused(_ run: TrainingRun) throws -> RunDecision {
      try FileManager.default.removeItem(atPath: folder)
      return stops ? .stop : .proceed
    }
  }

  @Test(
    "are read by Prometheus's own client",
    .enabled(
      if: InstalledPython.has("prometheus_client"),
      "needs python3 with the package prometheus_client; TRAINER_TEST_PYTHON names another interpreter"
    ))
  func client() throws {
    let run = try TrainingRunTests.run()
    try run.train(observers: [file("a \"b\".prom")])
    let output = try InstalledPython.run(
      """
      import json, sys
      from prometheus_client.parser import text_string_to_metric_families
      families = text_string_to_metric_families(open(sys.argv[1]).read())
      print(json.dumps([
          {"name": f.name, "type": f.type, "help": f.documentation,
           "labels": [s.labels for s in f.samples], "values": [s.value for s in f.samples]}
          for f in families]))
      """, [files.path("a \"b\".prom")])
    struct Family: Decodable {
      let name: String
      let type: String
      let help: String
      let labels: [[String: String]]
      let values: [Double]
    }
    let families = try JSONDecoder().decode([Family].self, from: output)
    #expect(families.count == 15 && families.allSatisfy { !$0.help.isEmpty })
    #expect(families.flatMap(\.labels).allSatisfy { $0["run"] == "a \"b\"" })
    let steps = try #require(families.first { $0.name == "trainer_step" })
    #expect(steps.type == "counter" && steps.values == [10])
    let info = try #require(families.first { $0.name == "trainer_info" })
    #expect(info.labels[0]["model"] == "\(run.configuration.model)" && info.values == [1])
  }
}
