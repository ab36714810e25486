import Foundation
import Pages
import Runs
import Training

/// The last lines about a run: how good it became, and where its results are.
struct RunSummary {
  /// A file that the run has left.
  struct File {
    /// The kind of file, in words.
    let name: String
    /// Where it is.
    let path: String
  }

  /// The best epoch.
  let best: EpochRecord
  /// The last epoch's figures.
  let last: EpochRecord
  /// Whether `--steps` ended the run within that epoch, which is then never the best of several.
  let lastIsCut: Bool
  /// Seconds of all parts of the run.
  let seconds: Double
  /// The files that the run has left.
  let files: [File]

  /// The files of a run that has ended.
  ///
  /// - Parameters:
  ///   - output: Its directory, if there is one.
  ///   - save: The model's file besides it, if there is one.
  ///   - hasBestModel: Whether a whole epoch was validated.
  /// - Returns: The model, the report and the directory's best model.
  static func files(output: String?, save: String?, hasBestModel: Bool) -> [File] {
    let paths = output.map(RunPaths.init)
    return [
      save.map { File(name: "model", path: $0) },
      paths.map { File(name: "model", path: $0.model) },
      hasBestModel ? paths.map { File(name: "best model", path: $0.bestModel) } : nil,
      paths.map { File(name: "report", path: $0.report) },
    ].compactMap(\.self)
  }

  /// The lines.
  var lines: [String] {
    let ending = lastIsCut ? ", cut short by --steps" : ""
    var entries = [
      (
        name: "last epoch",
        text: "\(last.epoch)\(ending), test accuracy \(FigureText.percentage(last.test.accuracy))"
      )
    ]
    // Without validation, the best epoch is worth a line only if it is another one: it is chosen in
    // hindsight.
    if best.epoch != last.epoch || best.validation != nil {
      entries.append(("best epoch", bestEpoch))
    }
    entries.append(("time", FigureText.duration(seconds)))
    entries += files.map { ($0.name, $0.path) }
    if files.isEmpty {
      entries.append(
        ("model", "not kept; --output DIR keeps the model, metrics and a report"))
    }
    let width = entries.map(\.name.count).max() ?? 0
    return entries.map {
      $0.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.text
    }
  }

  private var bestEpoch: String {
    let basis =
      best.validation.map { "smallest validation loss, \(FigureText.loss($0.loss))" }
      ?? "chosen on the test set"
    return "\(best.epoch), test accuracy \(FigureText.percentage(best.test.accuracy)), \(basis)"
  }
}
