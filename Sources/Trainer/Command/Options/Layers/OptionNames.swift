/// The names that configuration files and environment variables may give.
enum OptionNames {
  /// The options of training that define a run.
  static let all: Set<String> = switches.union(names(of: "option")).subtracting(excluded)

  /// Options that are on or off; if off has an option of its own, it is `--no-NAME`.
  static let switches = flags.filter { name in
    !(name.hasPrefix("no-") && flags.contains(String(name.dropFirst(3))))
  }.subtracting(excluded)

  /// Options that must be meant anew for each run.
  static let commandLineOnly: Set = ["resume", "overwrite"]

  /// Options of one command line alone.
  static let excluded = commandLineOnly.union(["config", "version", "help"])
  private static let invertible = switches.filter { flags.contains("no-" + $0) }
  private static let flags = names(of: "flag")

  private static func names(of kind: String) -> Set<String> {
    Set(
      CommandPath.optionNames(of: TrainCommand.self, kind: kind).map { String($0.dropFirst(2)) })
  }

  /// The argument that turns a switch on or off; nil if none is needed.
  ///
  /// - Parameters:
  ///   - name: A name of ``switches``.
  ///   - isOn: Whether it is turned on.
  /// - Returns: The argument.
  static func argument(_ name: String, isOn: Bool) -> String? {
    isOn ? "--\(name)" : invertible.contains(name) ? "--no-\(name)" : nil
  }
}
