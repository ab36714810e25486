import Synchronization
import Training

/// Shows a run: a progress bar on a terminal, a table with a line for each epoch everywhere.
final class ConsoleObserver: TrainingObserver {
  private let epochs: Int
  private let stepLimit: Int
  private let isQuiet: Bool
  private let drawsProgress: Bool
  private let usesColor: Bool
  private let nextDrawing = Mutex(ContinuousClock.now)
  private let hasHeading = Mutex(false)

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
    if isQuiet { return .goOn }
    let lines = EpochLines(epochs: epochs, validates: epoch.validation != nil)
    let isFirst = hasHeading.withLock { hadOne in
      defer { hadOne = true }
      return !hadOne
    }
    if isFirst { try Console.result(lines.heading) }
    try Console.result(lines.line(epoch))
    return .goOn
  }
}
