import ArgumentParser

/// The command for shell completion.
///
/// The parser's completion scripts do not know default subcommands. So the root of this type has
/// the options of training itself, and so has `config`. In the real command, subcommands have them.
struct CompletionRoot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: TrainerCommand._commandName,
    version: TrainerCommand.configuration.version,
    subcommands: TrainerCommand.configuration.subcommands.map {
      $0 == ConfigCommand.self ? CompletionConfig.self : $0
    })

  @OptionGroup var training: TrainCommand

  /// Whether a completion script is requested.
  ///
  /// - Parameter arguments: The arguments, without the program's name.
  /// - Returns: Whether the first argument is the parser's option for it.
  static func isRequested(_ arguments: [String]) -> Bool {
    arguments.first?.hasPrefix("--generate-completion-script") == true
  }
}

/// The command `trainer config` for shell completion.
struct CompletionConfig: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: ConfigCommand._commandName, abstract: ConfigCommand.configuration.abstract)

  @OptionGroup var training: TrainCommand
}
