import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Model
@testable import Runs
@testable import Training

/// A signal that comes to one rank after a step.
private final class LateSignal: TrainingObserver {
  let step: Int?
  private let came = Atomic(false)

  init(afterStep step: Int?) {
    self.step = step
  }

  var hasCome: Bool { came.load(ordering: .relaxed) }

  func progressed(_ progress: EpochProgress) -> Bool {
    if progress.step == step { came.store(true, ordering: .relaxed) }
    return false
  }
}

@Suite("The checkpoint of a run on several ranks")
struct RankCheckpointTests {
  private let files: TemporaryFolder
  private let folder: CheckpointFolder

  init() throws {
    files = try TemporaryFolder()
    folder = CheckpointFolder(path: files.url.path(), keep: 100)
  }

  /// Everything that could go wrong: two optimizer states, an average, running statistics.
  @Sendable private static func configure(_ configuration: inout TrainingConfiguration) {
    configuration.emaDecay = 0.9
    configuration.shardSize = .rows(7)
  }

  /// Trains on ranks with a checkpoint every two steps.
  ///
  /// - Parameters:
  ///   - ranks: How many.
  ///   - resumed: The step of the checkpoint to go on from.
  ///   - signal: The rank that a signal comes to, and after which step.
  /// - Returns: Where each rank ended, and its digest.
  private func train(
    ranks: Int, from resumed: Int? = nil, signal: (rank: Int, step: Int)? = nil
  ) -> [(step: Int, ending: RunEnding, digest: String)] {
    let folder = folder
    return ThreadCommunicator.onRanks(ranks) { communicator in
      let run = try TrainingRunTests.run(communicator: communicator, Self.configure)
      if let resumed {
        if run.isLeader {
          try Checkpoint(path: folder.file(step: resumed)).restore(run)
        } else {
          try Checkpoint.receive(run)
        }
      }
      let late = LateSignal(afterStep: signal?.rank == communicator.rank ? signal?.step : nil)
      let checkpoints = CheckpointObserver(
        folder: run.isLeader ? folder : nil, identity: testIdentity(run), interval: .steps(2),
        caughtSignal: { late.hasCome ? SIGTERM : nil }, warn: { _ in })
      let (_, ending) = try run.train(observers: [late, checkpoints])
      #expect(checkpoints.stopSignal == (ending == .stopped ? SIGTERM : 0))
      return (run.position.step, ending, run.digest)
    }
  }

  @Test("resumes on any number of ranks, to the digest of the unbroken run")
  func anyRanks() throws {
    let unbroken = try TrainingRunTests.run(Self.configure)
    try unbroken.train()
    for ranks in [1, 2, 3] {
      let whole = train(ranks: ranks)
      #expect(whole.allSatisfy { $0.digest == unbroken.digest })
      #expect(try folder.steps() == [2, 4, 5, 7, 9, 10])
      for other in [1, 2, 4] where other != ranks {
        for step in [2, 5, 7] {
          let resumed = train(ranks: other, from: step)
          #expect(
            resumed.allSatisfy { $0.digest == unbroken.digest },
            "\(ranks) ranks, then \(other) from step \(step)")
        }
      }
      try folder.removeAll()
    }
  }

  @Test("has the tensors that one process writes")
  func sameTensors() throws {
    _ = train(ranks: 1)
    let expected = try SafetensorsFile.read(path: folder.file(step: 7)).tensors
    try folder.removeAll()
    _ = train(ranks: 3)
    #expect(try SafetensorsFile.read(path: folder.file(step: 7)).tensors == expected)
  }

  @Test("is made when a signal comes to any rank, and all stop behind the same step")
  func signal() throws {
    for rank in 0..<3 {
      let results = train(ranks: 3, signal: (rank, 3))
      #expect(results.allSatisfy { $0.step == 3 && $0.ending == .stopped })
      #expect(try folder.steps().last == 3)
      try folder.removeAll()
    }
  }
}
