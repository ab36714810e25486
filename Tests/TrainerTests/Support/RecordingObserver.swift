import Synchronization

@testable import Training

/// Keeps what a run tells.
final class RecordingObserver: TrainingObserver {
  private let records = Mutex<(progress: [EpochProgress], epochs: [EpochRecord])>(([], []))

  var progress: [EpochProgress] { records.withLock { $0.progress } }
  var epochs: [EpochRecord] { records.withLock { $0.epochs } }

  func progressed(_ progress: EpochProgress) -> Bool {
    records.withLock { $0.progress.append(progress) }
    return false
  }

  func finished(_ epoch: EpochRecord, of run: TrainingRun) -> RunDecision {
    records.withLock { $0.epochs.append(epoch) }
    return .proceed
  }
}
