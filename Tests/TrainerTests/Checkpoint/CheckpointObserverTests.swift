import Synchronization
import TestSupport
import Testing

@testable import Runs
@testable import Training

/// Asks for a pause after every step, and keeps the newest checkpoint's step in each.
private final class PausingObserver: TrainingObserver {
  let checkpoints: CheckpointObserver
  let folder: CheckpointFolder
  private let steps = Mutex<[Int]>([])
  var newest: [Int] { steps.withLock { $0 } }

  init(checkpoints: CheckpointObserver, folder: CheckpointFolder) {
    self.checkpoints = checkpoints
    self.folder = folder
  }

  func progressed(_ progress: EpochProgress) -> Bool { true }

  func paused(_ run: TrainingRun) throws -> RunDecision {
    checkpoints.wait()
    let last = try folder.steps().last ?? 0
    steps.withLock { $0.append(last) }
    return .proceed
  }
}

/// Receives a signal during a step.
private final class SignaledObserver: TrainingObserver {
  let step: Int
  let signal = Mutex<Int32?>(nil)

  init(step: Int) { self.step = step }

  func progressed(_ progress: EpochProgress) -> Bool {
    if progress.step == step { signal.withLock { $0 = 15 } }
    return progress.step == step
  }
}

@Suite("When checkpoints are written")
struct CheckpointObserverTests {
  // Five steps are an epoch. A checkpoint before the epoch's evaluation would make a resumed run
  // report the epoch a second time, or its last step not at all.
  @Test(
    "the last step of an epoch has one only after the evaluation, whoever asks for a pause",
    arguments: [
      (steps: Int?.none, inPauses: [1, 2, 3, 4, 4, 6, 7, 8, 9, 9], last: 10),
      (steps: 7, inPauses: [1, 2, 3, 4, 4, 6, 6], last: 7),
    ])
  func endOfEpoch(steps: Int?, inPauses: [Int], last: Int) throws {
    let files = try TemporaryFolder()
    let run = try TrainingRunTests.run { $0.stepLimit = steps }
    let folder = CheckpointFolder(path: files.path(""), keep: 1)
    let checkpoints = CheckpointObserver(
      folder: folder, identity: testIdentity(run), interval: .steps(1), caughtSignal: { nil },
      warn: { Issue.record("\($0)") })
    let pausing = PausingObserver(checkpoints: checkpoints, folder: folder)
    try run.train(observers: [checkpoints, pausing])
    #expect(pausing.newest == inPauses)
    #expect(try folder.steps() == [last])
  }

  @Test(
    "a signal stops the run after its step, after an epoch's last step with the epoch's figures",
    arguments: [
      (step: 4, steps: Int?.none, epochs: 0), (step: 5, steps: nil, epochs: 1),
      (step: 10, steps: nil, epochs: 2), (step: 7, steps: 7, epochs: 1),
    ])
  func signal(step: Int, steps: Int?, epochs: Int) throws {
    let files = try TemporaryFolder()
    let run = try TrainingRunTests.run { $0.stepLimit = steps }
    let folder = CheckpointFolder(path: files.path(""), keep: 1)
    let signaled = SignaledObserver(step: step)
    let checkpoints = CheckpointObserver(
      folder: folder, identity: testIdentity(run), interval: .steps(100),
      caughtSignal: { signaled.signal.withLock { $0 } }, warn: { Issue.record("\($0)") })
    try run.train(observers: [signaled, checkpoints])
    #expect(run.position.step == step)
    #expect(run.position.history.count == epochs)
    #expect(try folder.steps() == [step])
  }
}
