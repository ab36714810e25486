import Model
import Pages
import Training

/// Shows the step of a range test in a line that is redrawn on a terminal.
final class RangeTestProgress: TrainingObserver {
  private let steps: Int
  private let isShown = Console.canRedraw
  private let timer = RedrawTimer()

  /// Creates an observer.
  ///
  /// - Parameter steps: The number of steps of the test.
  init(steps: Int) {
    self.steps = steps
  }

  func progressed(_ progress: EpochProgress) -> Bool {
    // Other workers wait during this, and a terminal is slow.
    guard isShown, timer.isDue() else { return false }
    let loss = progress.lastStep.loss / Double(progress.lastSampleCount)
    let line =
      "step \(progress.step) of \(steps)  rate \(scientific(progress.learningRate))  "
      + "loss \(FigureText.loss(loss))"
    Console.drawProgress { columns in String(line.prefix(columns)) }
    return false
  }

  func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    Console.eraseProgress()
  }
}
