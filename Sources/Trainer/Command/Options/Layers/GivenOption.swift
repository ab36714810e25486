/// An option that a configuration file or an environment variable gives.
struct GivenOption {
  /// The option's name.
  let name: String
  /// Where it is given, such as `run.yaml: line 3`.
  let place: String
  /// The value, as messages show it.
  let value: String
  /// The elements of a list; none of a value that is no list.
  let elements: [Element]
  /// The same on a command line; nil if no argument is needed for it.
  let argument: String?

  /// An element of a list.
  struct Element {
    /// The element, as messages show it.
    let value: String
    /// Where it is given.
    let place: String
  }
}

/// The names that configuration files and environment variables may give.
enum OptionNames {
  /// The options of training that define a run.
  static let all: Set<String> = switches.union(names(of: "option")).subtracting(excluded)

  /// Options that are on or off; if off has an option of its own, it is `--no-NAME`.
  static let switches = flags.filter { name in
    !(name.hasPrefix("no-") && flags.contains(String(name.dropFirst(3))))
  }.subtracting(excluded)

  /// Options of one command line alone.
  private static let excluded: Set = ["config", "resume", "overwrite", "version", "help"]
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
