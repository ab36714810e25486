import Model
import Synchronization
import Trainer

/// Shows a run: a progress line on a terminal, one plain line an epoch everywhere.
final class ConsoleObserver: TrainingObserver {
  private let epochs: Int
  private let stepLimit: Int
  private let isQuiet: Bool
  private let drawsProgress: Bool
  private let usesColor: Bool
  private let nextDrawing = Mutex(ContinuousClock.now)

  init(epochs: Int, stepLimit: Int, isQuiet: Bool, drawsProgress: Bool, usesColor: Bool) {
    self.epochs = epochs
    self.stepLimit = stepLimit
    self.usesColor = usesColor
    self.isQuiet = isQuiet
    self.drawsProgress = drawsProgress
  }

  func progressed(_ progress: EpochProgress) -> Bool {
    // Other workers wait meanwhile: a terminal is slow.
    guard drawsProgress, isDrawingDue() else { return false }
    let line = ProgressLine(progress, epochs: epochs, stepLimit: stepLimit)
    Console.drawProgress { line.text(columns: $0, isColored: usesColor) }
    return false
  }

  private func isDrawingDue() -> Bool {
    let now = ContinuousClock.now
    return nextDrawing.withLock { due in
      guard now >= due else { return false }
      due = now + .milliseconds(100)
      return true
    }
  }

  func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    if !isQuiet {
      try Console.result(
        "epoch \(epoch.epoch)/\(epochs)  step \(epoch.step)  "
          + "train loss \(fixed(epoch.training.loss, 4)) accuracy "
          + "\(percent(epoch.training.accuracy))  "
          + validation(epoch)
          + "test loss \(fixed(epoch.test.loss, 4)) accuracy \(percent(epoch.test.accuracy))  "
          + "\(fixed(epoch.trainingSeconds, 2)) s  \(fixed(epoch.samplesPerSecond, 0)) samples/s")
    }
    return .goOn
  }

  private func validation(_ epoch: EpochRecord) -> String {
    guard let result = epoch.validation else { return "" }
    return "validation loss \(fixed(result.loss, 4)) accuracy \(percent(result.accuracy))  "
  }
}
