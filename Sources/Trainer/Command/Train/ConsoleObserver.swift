import Machine
import Parallel
import Synchronization
import Training

/// Shows a run: its description, a progress bar on a terminal, a table with a line for each epoch
/// everywhere, and why it ended.
final class ConsoleObserver: TrainingObserver {
  private let epochs: Int
  private let stepLimit: Int
  private let machine: Machine
  private let cpus: RankCPUs
  private let isQuiet: Bool
  private let drawsProgress: Bool
  private let usesColor = Console.canColor
  private let timer = RedrawTimer()
  private let hasHeading = Mutex(false)
  private let firstStep = Mutex(0)

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - machine: Where it runs.
  ///   - cpus: This rank's CPUs.
  ///   - isQuiet: Whether nothing is shown.
  ///   - drawsProgress: Whether there is a progress bar.
  init(
    _ run: TrainingRun, machine: Machine, cpus: RankCPUs, isQuiet: Bool, drawsProgress: Bool
  ) {
    epochs = run.configuration.epochs
    stepLimit = run.stepLimit
    self.machine = machine
    self.cpus = cpus
    self.isQuiet = isQuiet
    self.drawsProgress = drawsProgress && !isQuiet && Console.canRedraw
  }

  func started(_ run: TrainingRun) throws -> RunDecision {
    firstStep.withLock { $0 = run.position.step }
    if isQuiet { return .proceed }
    try Console.result(RunDescription.lines(run, machine: machine))
    if let ranks = run.severalRanks {
      try Console.result(RunDescription.lines(cpus, run.configuration, rankCount: ranks))
    }
    return .proceed
  }

  func progressed(_ progress: EpochProgress) -> Bool {
    // Other workers wait during this, and a terminal is slow.
    guard drawsProgress, timer.isDue() else { return false }
    let line = ProgressLine(progress, epochs: epochs, stepLimit: stepLimit)
    Console.drawProgress { line.text(columns: $0, isColored: usesColor) }
    return false
  }

  func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    if isQuiet { return .proceed }
    let lines = EpochLines(epochs: epochs, validates: epoch.validation != nil)
    let isFirst = hasHeading.withLock { hadOne in
      defer { hadOne = true }
      return !hadOne
    }
    if isFirst { try Console.result(lines.heading) }
    try Console.result(lines.line(epoch))
    return .proceed
  }

  func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    if isQuiet { return }
    if firstStep.withLock({ $0 }) == run.position.step {
      try Console.result(RunDescription.complete(run, last: last))
    }
    if let text = RunDescription.ending(ending, run) { try Console.result(text) }
  }
}
