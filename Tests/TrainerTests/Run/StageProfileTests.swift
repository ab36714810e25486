import Files
import Foundation
import TestSupport
import Testing

@testable import Model
@testable import Training

@Suite("A profile")
struct StageProfileTests {
  private static func profiledRun() throws -> TrainingRun {
    var configuration = TrainingConfiguration(threads: 3)
    configuration.epochs = 1
    configuration.batchSize = 50
    configuration.shardSize = .rows(16)
    configuration.model = Perceptron(hidden: [24, 16]).model
    let dataset = try SyntheticImages.dataset(trainingCount: 230, testCount: 20)
    let run = try TrainingRun(
      configuration: configuration, dataset: dataset, coreCount: 2, profile: .events)
    try run.train(observers: [RecordingObserver()])
    return run
  }

  @Test("has each worker's pieces of work one after the other, without gaps, and its waits")
  func lanes() throws {
    let run = try Self.profiledRun()
    let profile = try #require(run.profile)
    #expect(profile.workerCount == 3)
    #expect(StageProgram(run.state.network).barrierCount == 10)
    #expect(profile.droppedCount == 0)
    for worker in 0..<3 {
      let events = profile.events(worker: worker)
      // 5 steps of 5 stages, of which 4 end in a merge, and a wait at the step's end.
      #expect(events.count(where: { $0.label == StageLabel.wait.rawValue }) == 5 * 10)
      for (event, next) in zip(events, events.dropFirst()) {
        #expect(event.start <= event.end)
        #expect(event.end == next.start)
      }
    }
    let names = Set(profile.secondsByLabel.map(\.name))
    #expect(
      names.isSuperset(of: [
        "gather", "loss", "wait", "forward dense1", "finish forward batchnorm1", "backward dense2",
        "finish backward batchnorm1", "weight gradients and update dense3",
      ]))
  }

  @Test("counts the gathers: one a shard")
  func gathers() throws {
    let profile = try #require(try Self.profiledRun().profile)
    let gathers = (0..<3).reduce(0) { count, worker in
      count + profile.events(worker: worker).count { profile.names[Int($0.label)] == "gather" }
    }
    // Three workers have 2, 2 and 3 of the 7 leaves of four batches, and 1, 1 and 2 of the last
    // one's 4. A shard has two leaves.
    #expect(gathers == 4 * 4 + 3)
  }

  @Test("drops and counts what finds no room")
  func capacity() throws {
    let network = try Self.profiledRun().state.network
    let profile = StageProfile(network: network, workerCount: 1, capacity: 2)
    profile.start(worker: 0)
    for _ in 0..<5 { profile.lap(worker: 0, .wait) }
    #expect(profile.events(worker: 0).count == 2)
    #expect(profile.droppedCount == 3)
  }

  @Test("of detail `totals` records times only while recording is on, and never events")
  func totals() throws {
    let network = try Self.profiledRun().state.network
    let profile = StageProfile(network: network, workerCount: 2, detail: .totals)
    profile.start(worker: 1)
    profile.lap(worker: 1, .wait)
    #expect(profile.secondsByKind.values.allSatisfy { $0 == 0 })
    profile.isRecording = true
    profile.start(worker: 1)
    for _ in 0..<100 { profile.lap(worker: 1, .wait) }
    #expect((profile.secondsByKind[.wait] ?? 0) > 0)
    #expect(profile.secondsByKind[.update] == 0)
    #expect(profile.events(worker: 1).isEmpty)
    #expect(profile.droppedCount == 0)
  }

  @Test("has every label's time under its kind of work")
  func kinds() throws {
    let profile = try #require(try Self.profiledRun().profile)
    let byLabel = profile.secondsByLabel
    func sum(_ prefixes: String...) -> Double {
      byLabel.filter { label in prefixes.contains { label.name.hasPrefix($0) } }
        .reduce(0) { $0 + $1.seconds }
    }
    let kinds = profile.secondsByKind
    for (kind, expected) in [
      (StageKind.gather, sum("gather")), (.forward, sum("forward", "finish forward", "loss")),
      (.backward, sum("backward", "finish backward")), (.merge, sum("merge")),
      (.update, sum("weight gradients and update")), (.wait, sum("wait")),
    ] {
      #expect(abs((kinds[kind] ?? 0) - expected) < 1e-12, "\(kind)")
      #expect(expected > 0, "\(kind)")
    }
  }

  @Test("becomes a trace that is JSON, with a lane and all events of each worker")
  func trace() throws {
    let folder = try TemporaryFolder()
    let profile = try #require(try Self.profiledRun().profile)
    let path = folder.path("trace.json")
    try ChromeTrace.write(profile, path: path)
    let trace = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
        as? [String: Any])
    let events = try #require(trace["traceEvents"] as? [[String: Any]])
    let work = events.filter { $0["ph"] as? String == "X" }
    let expected = (0..<3).reduce(0) { $0 + profile.events(worker: $1).count }
    #expect(work.count == expected)
    #expect(Set(work.compactMap { $0["tid"] as? Int }) == [0, 1, 2])
    #expect(
      work.allSatisfy { ($0["dur"] as? Double ?? -1) >= 0 && ($0["ts"] as? Double ?? -1) >= 0 })
    #expect(events.count(where: { $0["name"] as? String == "thread_name" }) == 3)
  }

  @Test("becomes a trace in parts of about a mebibyte, so that it needs no memory for all events")
  func traceParts() throws {
    let network = try Self.profiledRun().state.network
    let profile = StageProfile(network: network, workerCount: 2)
    for worker in 0..<2 {
      profile.start(worker: worker)
      for _ in 0..<30_000 { profile.lap(worker: worker, .wait) }
    }
    let system = ModeledFileSystem()
    try FileSystems.$current.withValue(system) {
      try ChromeTrace.write(profile, path: "/trace.json")
    }
    let content = try #require(system.disk.tree["/trace.json"] ?? nil)
    #expect(content.count > 3 << 20)
    #expect(system.calls.count(where: { $0.kind == .write }) >= content.count >> 20)
    let trace = try #require(
      try JSONSerialization.jsonObject(with: Data(content)) as? [String: Any])
    let events = try #require(trace["traceEvents"] as? [[String: Any]])
    for worker in 0..<2 {
      let lane = events.filter { $0["tid"] as? Int == worker && $0["ph"] as? String == "X" }
      #expect(lane.count == 30_000)
    }
  }
}
