import Foundation
import Model
import Trainer

/// Shows a run: a progress line on a terminal, one plain line an epoch everywhere, the metrics file.
///
/// Workers call `progressed` while the main thread waits, and the main thread calls `finished` while
/// no worker runs: never two at once.
final class ConsoleObserver: TrainingObserver, @unchecked Sendable {
  private let epochs: Int
  private let isQuiet: Bool
  private let drawsProgress: Bool
  private let metrics: MetricsFile?

  init(epochs: Int, isQuiet: Bool, drawsProgress: Bool, metrics: MetricsFile?) {
    self.epochs = epochs
    self.isQuiet = isQuiet
    self.drawsProgress = drawsProgress
    self.metrics = metrics
  }

  func progressed(_ progress: EpochProgress) {
    guard drawsProgress else { return }
    let samples = Double(progress.sampleCount)
    Console.redraw(
      "\r\u{1B}[Kepoch \(progress.epoch)/\(epochs)  step \(progress.stepInEpoch)/"
        + "\(progress.stepsPerEpoch)  loss \(fixed(progress.total.loss / samples, 4))  "
        + "accuracy \(percent(Double(progress.total.correct) / samples))  "
        + "\(Int(samples / progress.seconds)) samples/s")
  }

  func finished(_ epoch: EpochRecord) throws {
    if drawsProgress { Console.redraw("\r\u{1B}[K") }
    if !isQuiet {
      try Console.result(
        "epoch \(epoch.epoch)/\(epochs)  step \(epoch.step)  "
          + "train loss \(fixed(epoch.training.loss, 4)) accuracy "
          + "\(percent(epoch.training.accuracy))  "
          + "test loss \(fixed(epoch.test.loss, 4)) accuracy \(percent(epoch.test.accuracy))  "
          + "\(fixed(epoch.trainingSeconds, 2)) s  \(Int(epoch.samplesPerSecond)) samples/s")
    }
    try metrics?.write(epoch)
  }
}

/// A number with a fixed number of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
  String(format: "%.\(decimals)f", value)
}

/// A share as a percentage.
func percent(_ share: Double) -> String {
  fixed(share * 100, 2) + " %"
}
