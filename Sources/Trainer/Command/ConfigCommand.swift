import ArgumentParser
import Model
import Parallel
import Training
import Yams

/// The command `trainer config`, which prints the settings of a training command as a configuration
/// file.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Print the effective options of a training command as YAML, for --config.",
    usage: usage)

  private static let usage = "trainer config [<options of train>]"

  @Argument(parsing: .captureForPassthrough, help: "The options that `trainer train --help` lists.")
  var options: [String] = []

  func run() throws {
    if !options.filter(["-h", "--help"].contains).isEmpty { throw CleanExit.helpRequest(self) }
    try Console.result(
      try LayeredOptions.resolve(try trainOptions(), arguments: options, Self.text))
  }

  /// Parses the options of training; errors refer to the help of this command.
  private func trainOptions() throws -> TrainCommand {
    do {
      return try TrainCommand.parse(options)
    } catch {
      guard TrainCommand.exitCode(for: error) == .validationFailure else { throw error }
      let message = try CommandPath(["train"], root: TrainerCommand.self)
        .explained(TrainCommand.message(for: error))
      throw TrainerError(
        .usage,
        "\(message)\nUsage: \(Self.usage)\n  See 'trainer config --help' for more information.")
    }
  }

  private static func text(_ layers: LayeredOptions) throws -> String {
    let options = layers.options
    let configuration = try options.configuration(cores: UsableCPUs.current().count)
    var settings = configuration.settings
    settings.append(Setting("threads", .integer(configuration.threads)))
    settings.append(Setting("pin", .text(options.pinning.pin.rawValue)))
    settings += options.givenSettings + options.output.settings
    let pairs = settings.map { setting -> (Yams.Node, Yams.Node) in
      (Yams.Node(setting.name), node(setting.value))
    }
    return try Yams.serialize(node: Yams.Node(pairs, Tag(.map), .block)).trimmingSuffix("\n")
  }

  private static func node(_ value: Setting.Value) -> Yams.Node {
    switch value {
    // A text that looks like a number or a boolean must keep its quotes.
    case .text(let text): Yams.Node(text, Tag(.str), .any)
    default: Yams.Node(value.description)
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
