import Foundation
import Glibc
import TestSupport
import Testing

@Suite("trainer scale")
struct ScaleCommandTests {
  private let folder: TemporaryFolder
  private let data: String

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  /// Few and small steps: what is tested is the command, not the machine.
  private func scale(_ options: String...) async throws -> CommandResult {
    try await Command.run(
      [
        "scale", "--data", data, "--hidden", "16", "--batch-size", "40", "--shard-size", "8",
        "--steps", "4", "--repeats", "3",
      ] + options, in: folder)
  }

  @Test("writes a table, a file for spreadsheets, one for programs and a page")
  func outputs() async throws {
    let result = try await scale("--threads", "1,2,3", "--output", "out", "--simulate", "8")
    try #require(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("Strong scaling: 3 repeats of 4 steps"))
    #expect(result.output.contains("PREDICTED, NOT MEASURED"))
    #expect(result.lines.allSatisfy { $0.count <= 80 })
    let csv = try folder.text("out/scaling.csv").split(separator: "\n")
    #expect(csv.count == 4)
    let json = try JSONObject(folder.text("out/scaling.json"))
    let series = try #require((json["series"] as? [[String: Any]])?.first)
    let points = try #require(series["points"] as? [[String: Any]])
    #expect(points.count == 3)
    #expect(points.allSatisfy { ($0["measurements"] as? [Any])?.count == 3 })
    #expect(Set(points.compactMap { $0["digest"] as? String }).count == 1)
    #expect(try folder.text("out/scaling.html").contains("Predicted, not measured"))
    let simulation = try #require(json["simulation"] as? [String: Any])
    let between = (simulation["between"] as? [[String: Any]])?.compactMap { $0["cores"] as? Int }
    #expect(between?.contains(4) == true)
    let first = try #require((points[0]["measurements"] as? [[String: Any]])?.first)
    #expect((first["probe_interference"] as? [String: Any])?["own_cpus"] as? Double ?? 0 > 0)
    #expect(result.errors.contains("round 3 of 3"))
  }

  @Test("has examples in its help, of each kind of use")
  func help() async throws {
    let result = try await Command.run(["scale", "--help"], in: folder)
    let lines = result.lines.map { $0.trimmingCharacters(in: .whitespaces) }
    for kind in ["--threads", "--compare", "--from"] {
      // Usage lines have placeholders in angle brackets.
      #expect(
        lines.contains { $0.hasPrefix("trainer scale \(kind)") && !$0.contains("<") }, "\(kind)")
    }
  }

  @Test("measures the program that was started, even if it is replaced in the meantime")
  func replacedProgram() async throws {
    let result = try await Command.run(
      [
        "scale", "--data", data, "--hidden", "16", "--steps", "4", "--repeats", "3", "--threads",
        "1", "--json",
      ], in: folder,
      shell: """
        cp "$0" program
        ./program "$@" 2> errors &
        while kill -0 $! && ! grep -q "round 1 of 3" errors; do sleep 0.01; done
        printf '#!/bin/sh\necho replaced >&2\nexit 1\n' > other
        chmod +x other
        mv other program
        wait $!
        """)
    let errors = try folder.text("errors")
    #expect(result.status == 0, "\(errors)")
    #expect(errors.contains("round 3 of 3"))
    #expect((try folder.text("program")).contains("replaced"))
  }

  @Test("does not hold the data while its measurements do")
  func memory() async throws {
    let (trainingCount, side) = (8192, 64)
    var large = SmallDataset()
    for (images, labels, count) in [
      (SmallDataset.trainingImages, SmallDataset.trainingLabels, trainingCount),
      (SmallDataset.testImages, SmallDataset.testLabels, 1),
    ] {
      large.files[images] =
        SmallDataset.imageHeader(count: count, rows: side, columns: side)
        + [UInt8](repeating: 0, count: count * side * side)
      large.files[labels] =
        SmallDataset.header(type: 8, dimensions: [count]) + (0..<count).map { UInt8($0 % 2) }
    }
    try large.write(to: "large", in: folder)
    let result = try await Command.run(
      [
        "scale", "--data", "large", "--hidden", "8", "--batch-size", "8", "--steps", "4",
        "--repeats", "2", "--threads", "1",
      ], in: folder,
      shell: """
        "$0" "$@" > output 2> errors &
        while kill -0 $! && ! grep -q "round 1 of 2" errors; do sleep 0.01; done
        grep RssAnon /proc/$!/status
        wait $!
        """)
    let errors = try folder.text("errors")
    #expect(result.status == 0, "\(errors)")
    let words = result.output.split(whereSeparator: \.isWhitespace)
    let kilobytes = try #require(words.compactMap { Int($0) }.first, "\(result.output)")
    #expect(kilobytes * 1024 < trainingCount * side * side)
  }

  @Test("compares and predicts without measuring again")
  func later() async throws {
    for name in ["a", "b"] {
      let result = try await scale("--threads", "1,2", "--output", name)
      try #require(result.status == 0, "\(result.errors)")
    }
    let compared = try await Command.run(["scale", "--compare", "a", "b"], in: folder)
    #expect(compared.status == 0)
    #expect(compared.output.contains("B/A"))
    let json = try await Command.run(["scale", "--compare", "a", "b", "--json"], in: folder)
    #expect((try JSONObject(json.output)["pairs"] as? [Any])?.count == 2)
    let predicted = try await Command.run(
      ["scale", "--from", "a", "--simulate", "4,16", "--output", "c"], in: folder)
    #expect(predicted.status == 0, "\(predicted.errors)")
    #expect(predicted.output.contains("PREDICTED, NOT MEASURED"))
    let result = try JSONObject(folder.text("c/scaling.json"))
    let simulation = try #require(result["simulation"] as? [String: Any])
    let cores = (simulation["predictions"] as? [[String: Any]])?.compactMap { $0["cores"] as? Int }
    #expect(Set(cores ?? []) == [4, 16])
    // The measured points are predicted as they were, whichever OpenBLAS core this process has.
    func predictions(_ simulation: [String: Any]) -> [Double] {
      (simulation["validations"] as? [[String: Any]] ?? []).compactMap {
        $0["predicted"] as? Double
      }
    }
    let before = try JSONObject(folder.text("a/scaling.json"))
    let known = try #require(before["simulation"] as? [String: Any])
    let (now, then) = (predictions(simulation), predictions(known))
    #expect(now.count == 1 && then.count == 1)
    #expect(zip(now, then).allSatisfy { abs($0 / $1 - 1) < 1e-9 }, "\(now) and \(then)")
  }

  @Test("rounds shard sizes up as training does, and measures each once")
  func shardSizes() async throws {
    let result = try await Command.succeed(
      [
        "scale", "--data", data, "--hidden", "16", "--batch-size", "40", "--shard-size",
        "1,2,20,24", "--steps", "4", "--repeats", "1", "--threads", "1", "--json",
      ], in: folder)
    let series = try JSONObject(result.output)["series"] as? [[String: Any]]
    #expect(series?.compactMap { $0["shard_size"] as? Int }.sorted() == [8, 24])
  }

  @Test("grows the batch with the threads in weak scaling")
  func weak() async throws {
    let result = try await scale("--threads", "1,2", "--mode", "weak", "--json", "--quiet")
    try #require(result.status == 0, "\(result.errors)")
    let series = try #require((try JSONObject(result.output)["series"] as? [[String: Any]])?.first)
    let batches = (series["points"] as? [[String: Any]])?.compactMap {
      ($0["configuration"] as? [String: Any])?["batch_size"] as? Int
    }
    #expect(batches == [40, 80])
  }

  @Test("reduces the default batch to fit the data, also in weak scaling")
  func defaultBatch() async throws {
    for (options, size) in [
      (["--threads", "1"], 600), (["--threads", "1,2,3", "--mode", "weak"], 200),
    ] {
      let samples = try await Command.run(
        [
          "scale", "--data", data, "--hidden", "16", "--steps", "2", "--repeats", "1",
          "--shard-size", "8", "--json",
        ] + options, in: folder)
      let series = (try JSONObject(samples.output)["series"] as? [[String: Any]])?.first
      #expect(series?["batch_size"] as? Int == min(size, 512), "\(samples.errors)")
      #expect(samples.errors.contains("The batch size is \(size)") == (size < 512))
    }
    var few = SmallDataset()
    for (name, header, width) in [
      (SmallDataset.trainingImages, SmallDataset.imageHeader(count: 200), 64),
      (SmallDataset.trainingLabels, SmallDataset.header(type: 8, dimensions: [200]), 1),
    ] {
      let bytes = try #require(few.files[name]).dropFirst(header.count)
      few.files[name] = header + bytes.prefix(200 * width)
    }
    try few.write(to: "few", in: folder)
    let measured = try await Command.run(
      ["measure", "--data", "few", "--hidden", "16", "--steps", "2", "--threads", "1"], in: folder)
    #expect(measured.status == 0, "\(measured.errors)")
    let configuration =
      try JSONObject(measured.output)["configuration"] as? [String: Any]
    #expect(configuration?["batch_size"] as? Int == 200)
    #expect(
      measured.errors.contains(
        "The batch size is 200, because there are no more training samples; choose another with"))
    let given = try await Command.run(
      ["scale", "--data", "few", "--batch-size", "512", "--threads", "1"], in: folder)
    #expect(given.status == 64)
    #expect(given.errors.contains("--batch-size is 512; it must be from 1 to 200"))
  }

  @Test("keeps the measurements if a later part fails")
  func measuredFirst() async throws {
    let fault = FaultInjection(path: "out/scaling.json", call: .rename, skipped: 1)
    let result = try await Command.run(
      [
        "scale", "--data", data, "--hidden", "16", "--steps", "2", "--repeats", "1", "--threads",
        "1", "--output", "out",
      ], environment: fault.environment(in: folder), in: folder)
    #expect(result.status == 74, "\(result.errors)")
    let json = try JSONObject(folder.text("out/scaling.json"))
    #expect((json["series"] as? [Any])?.count == 1)
    #expect(json["simulation"] == nil)
  }

  @Test("reports the limits if the system refuses a process")
  func refusedProcess() async throws {
    let fault = FaultInjection(path: "", call: .spawn, error: EAGAIN)
    let result = try await Command.run(
      ["scale", "--data", data, "--threads", "1"],
      environment: fault.environment(in: folder), in: folder)
    #expect(result.status == 71, "\(result.errors)")
    #expect(
      result.errors.contains("cannot be started: Resource temporarily unavailable ("),
      "\(result.errors)")
  }

  @Test("names a missing or damaged file")
  func files() async throws {
    let missing = try await Command.run(["scale", "--compare", "a", "b"], in: folder)
    #expect(missing.status == 66)
    #expect(missing.errors.contains("a: found no file"))
    try folder.write(Array("{}".utf8), to: "x.json")
    let damaged = try await Command.run(["scale", "--compare", "x.json", "b"], in: folder)
    #expect(damaged.status == 65)
  }

  @Test("measures the model that training produces, for any number of threads")
  func measure() async throws {
    let options = [
      "--data", data, "--hidden", "16", "--batch-size", "40", "--shard-size", "8",
    ]
    let trained = try await Command.run(options + ["--steps", "9", "--quiet"], in: folder)
    let digest = try #require(trained.digest)
    for threads in ["1", "3"] {
      let result = try await Command.run(
        ["measure", "--threads", threads, "--steps", "6", "--warm-up", "3"] + options, in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let measurement = try JSONObject(result.output)
      #expect(measurement["digest"] as? String == digest)
      #expect(measurement["digest_step"] as? Int == 9)
      #expect(measurement["samples"] as? Int == 240)
    }
  }
}
