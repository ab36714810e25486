import Model
import Pages
import Training

/// The line that a terminal shows during a run.
struct ProgressLine {
  private static let leastBar = 10
  private let bar: Double
  private let long: String
  private let short: String

  /// Describes a moment.
  ///
  /// - Parameters:
  ///   - progress: How far the epoch is, at least one step.
  ///   - epochs: The run's epochs.
  ///   - stepLimit: The run's last step.
  init(_ progress: EpochProgress, epochs: Int, stepLimit: Int) {
    let samples = Double(progress.sampleCount)
    let rate = samples / progress.seconds
    let secondsPerStep = progress.seconds / Double(progress.stepInEpoch)
    let loss = FigureText.loss(progress.total.loss / samples)
    let accuracy = FigureText.percentage(Double(progress.total.correct) / samples)
    let left = Self.clock(secondsPerStep * Double(stepLimit - progress.step))
    let epoch = "epoch \(progress.epoch)/\(epochs)"
    let step = "\(progress.stepInEpoch)/\(progress.stepsPerEpoch)"
    bar = Double(progress.stepInEpoch) / Double(progress.stepsPerEpoch)
    long =
      "\(epoch)  step \(step)  loss \(loss)  accuracy \(accuracy)  \(fixed(rate, 0)) samples/s  "
      + "\(left) left"
    // The bar shows the step.
    short = "\(epoch) loss \(loss) acc \(accuracy) \(fixed(rate, 0)) samples/s \(left) left"
  }

  /// The line, cut to a width: a text, shorter if the width is small, and in the rest a bar of the
  /// epoch's steps.
  ///
  /// - Parameters:
  ///   - columns: The width.
  ///   - isColored: Whether the bar has a color.
  /// - Returns: The line.
  func text(columns: Int, isColored: Bool) -> String {
    let text = columns >= long.count + 3 + Self.leastBar ? long : short
    let width = min(columns - text.count - 3, 30)
    guard width >= Self.leastBar else { return String(text.prefix(max(0, columns))) }
    let filled = min(width, Int(bar * Double(width)))
    let done = String(repeating: "=", count: filled)
    let rest = String(repeating: " ", count: width - filled)
    let filling = isColored ? Console.green + done + Console.plain : done
    return "[\(filling)\(rest)] \(text)"
  }

  /// Seconds as `m:ss` or `h:mm:ss`; training alone, evaluation not counted.
  static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "long" }
    let total = Int(seconds.rounded(.up))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let minutes = "\(total / 60 % 60)"
    return total < 3600
      ? "\(minutes):\(two(total % 60))"
      : "\(total / 3600):\(two(total / 60 % 60)):\(two(total % 60))"
  }
}
