import Files
import Pages
import Training

/// The events of followed runs as lines of text: new epochs, and changes of their state.
package struct FollowLines: Sendable {
  private struct Seen {
    var epochs: [Int: RecordedEpoch] = [:]
    var state: RecordedRun.State?
  }

  private var runs: [String: Seen] = [:]
  private var isFirst = true

  /// Creates a text without lines.
  package init() {}

  /// The lines for what is new since the last call.
  ///
  /// At the first call, the epochs that are done count as known.
  ///
  /// - Parameter found: The runs.
  /// - Returns: The lines, each of which starts with the run's directory.
  package mutating func lines(for found: [RecordedRun]) -> [String] {
    var lines: [String] = []
    for run in found {
      var seen = runs[run.directory] ?? Seen()
      for epoch in run.metrics?.epochs ?? [] where seen.epochs[epoch.epoch] != epoch {
        seen.epochs[epoch.epoch] = epoch
        if !isFirst { lines.append(line(run, epoch)) }
      }
      if seen.state != run.state { lines.append(stateLine(run)) }
      seen.state = run.state
      runs[run.directory] = seen
    }
    for name in Set(runs.keys).subtracting(found.map(\.directory)).sorted() {
      runs[name] = nil
      lines.append("\(name.printable)  removed")
    }
    isFirst = false
    return lines
  }

  private func line(_ run: RecordedRun, _ epoch: RecordedEpoch) -> String {
    let validation = epoch.validationLoss.map {
      "  validation loss \(FigureText.loss($0))"
    }
    return "\(run.directory.printable)  epoch \(epoch.epoch)\(planned(run))  train loss "
      + "\(FigureText.loss(epoch.trainLoss))\(validation ?? "")  test loss "
      + "\(FigureText.loss(epoch.testLoss))  test accuracy "
      + FigureText.percentage(epoch.testAccuracy)
  }

  private func stateLine(_ run: RecordedRun) -> String {
    let epochs = run.epochCount.map { ", epoch \($0)\(planned(run))" } ?? ""
    let accuracy = run.testAccuracy.map { ", test accuracy \(FigureText.percentage($0))" } ?? ""
    let problem = run.problems.first.map { ": \($0)" } ?? ""
    return "\(run.directory.printable)  \(run.state)\(epochs)\(accuracy)\(problem)"
  }

  private func planned(_ run: RecordedRun) -> String {
    run.record?.settings["epochs"].map { "/\($0)" } ?? ""
  }
}
