import ArgumentParser
import Files
import Runs
import Training

/// The settings by which runs are grouped.
struct GroupingOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Show groups of runs that agree in these settings, separated by commas, instead of single "
        + "runs.",
      valueName: "settings"))
  var groupBy: String?

  /// The settings' names, each once.
  ///
  /// - Parameter sort: The order asked for.
  /// - Returns: The names; nil if runs are not grouped.
  /// - Throws: `TrainerError` for a name that no run has, or an order that groups do not have.
  func names(sort: RunOrder) throws -> [String]? {
    guard let groupBy else { return nil }
    guard sort != .time else {
      throw TrainerError(.usage, "--sort time has no meaning with --group-by; use name or accuracy")
    }
    var names: [String] = []
    for part in groupBy.split(separator: ",", omittingEmptySubsequences: false) {
      let name = TrainingConfiguration.settingName(of: String(part))
      guard RunRecord.comparableNames.contains(name) else { throw Self.unknown(name) }
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  private static func unknown(_ name: String) -> TrainerError {
    let known = RunRecord.comparableNames
    let hint =
      Spelling.settingQuestion(for: name, among: known)
      ?? "the settings are \(known.joined(separator: ", "))"
    return TrainerError(.usage, "--group-by: unknown setting `\(name)`; \(hint)")
  }
}
