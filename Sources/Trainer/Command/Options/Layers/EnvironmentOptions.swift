import Files
import Training

/// Options that environment variables give: `TRAINER_LEARNING_RATE=0.01` is `--learning-rate 0.01`.
///
/// They win over a configuration file, and lose to the command line. An empty variable gives
/// nothing.
struct EnvironmentOptions {
  /// `--data` has no variable: ``dataFolder`` is older.
  private static let names = OptionNames.all.subtracting(["data"]).union(["config"])
  private static let prefix = "TRAINER_"
  /// The folder of data sets, which is no option.
  private static let dataFolder = "TRAINER_DATA"

  /// The options, by name.
  let options: GivenOptions
  /// The warnings about variables that look like options but are none.
  let warnings: [String]

  /// Reads the variables.
  ///
  /// - Parameter variables: The environment.
  /// - Throws: `TrainerError` for a switch that is neither on nor off.
  init(_ variables: [String: String]) throws {
    let given = variables.filter {
      $0.key.hasPrefix(Self.prefix) && $0.key != Self.dataFolder && !$0.value.isEmpty
    }
    // The names come from the help, which takes time.
    guard !given.isEmpty else {
      options = GivenOptions(entries: [])
      warnings = []
      return
    }
    options = GivenOptions(
      entries: try Self.names.sorted().compactMap { name in
        let variable = Self.variable(of: name)
        return try given[variable].map { try Self.option(name, $0, variable: variable) }
      })
    warnings = given.keys.sorted().compactMap(Self.warning)
  }

  /// The configuration file that a variable names; nil if none does.
  var config: String? { options.entries.first { $0.name == "config" }?.value }

  /// Whether a variable gives an option.
  ///
  /// - Parameter variable: The variable's name.
  /// - Returns: Whether it does.
  static func isOption(_ variable: String) -> Bool {
    variable.hasPrefix(prefix) && names.contains { Self.variable(of: $0) == variable }
  }

  /// The variable of an option.
  private static func variable(of name: String) -> String {
    prefix + name.uppercased().replacing("-", with: "_")
  }

  private static func option(
    _ name: String, _ value: String, variable: String
  ) throws -> GivenOption {
    func option(_ argument: String?) -> GivenOption {
      GivenOption(
        name: name, place: variable, subject: variable, value: value, elements: [],
        argument: argument)
    }
    guard OptionNames.switches.contains(name) else { return option("--\(name)=\(value)") }
    switch value.lowercased() {
    case "true", "1": return option(OptionNames.argument(name, isOn: true))
    case "false", "0": return option(OptionNames.argument(name, isOn: false))
    default:
      throw TrainerError(.usage, "\(variable) is \(value); it must be true or false")
    }
  }

  /// Variables of scripts and tests begin with the prefix too: only a misspelled option is noticed.
  private static func warning(of variable: String) -> String? {
    guard !isOption(variable) else { return nil }
    let near = Spelling.suggestions(
      for: String(variable.dropFirst(prefix.count)),
      among: names.union(OptionNames.commandLineOnly).sorted())
    guard let first = near.first else { return nil }
    let variables = near.filter(names.contains).map(Self.variable)
    return "\(variable) is not the variable of an option; "
      + (variables.isEmpty
        ? "--\(first) must be given on the command line" : Spelling.question(variables))
  }
}
