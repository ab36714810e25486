import ArgumentParser

/// The command as a shell completes it.
///
/// The parser's scripts know nothing of a default subcommand. Here the root has the options of training
/// itself, and so has `config`; the command that runs takes them by its subcommands.
struct CompletionRoot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: TrainerCommand._commandName,
    version: TrainerCommand.configuration.version,
    subcommands: TrainerCommand.configuration.subcommands.map {
      $0 == ConfigCommand.self ? CompletionConfig.self : $0
    })

  @OptionGroup var training: TrainCommand

  /// Whether a completion script is asked for.
  ///
  /// - Parameter arguments: The arguments, without the program's name.
  /// - Returns: Whether the first of them is the parser's option for it.
  static func isRequested(_ arguments: [String]) -> Bool {
    arguments.first?.hasPrefix("--generate-completion-script") == true
  }
}

/// `trainer config` as a shell completes it.
struct CompletionConfig: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: ConfigCommand._commandName, abstract: ConfigCommand.configuration.abstract)

  @OptionGroup var training: TrainCommand
}
