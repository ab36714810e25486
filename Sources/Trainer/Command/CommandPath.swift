import ArgumentParser
import Foundation
import Training

/// The command that a command line names.
struct CommandPath {
  /// The command's type, for example that of `data fetch`.
  let command: any ParsableCommand.Type

  /// Follows the names at the beginning of a command line.
  ///
  /// The parser alone would take a word that is no command for an argument of the default command.
  ///
  /// - Parameters:
  ///   - arguments: The arguments, without the program's name.
  ///   - root: The command that they are given to.
  /// - Throws: `TrainerError` for a word in the place of a command that names none.
  init(_ arguments: [String], root: any ParsableCommand.Type) throws {
    var command = root
    var rest = arguments[...]
    while !command.configuration.subcommands.isEmpty {
      let subcommands = command.configuration.subcommands
      if let word = rest.first, !word.hasPrefix("-") {
        // The parser's own.
        if command == root, word == "help" { break }
        guard let named = subcommands.first(where: { $0._commandName == word }) else {
          throw Self.unknown(word, of: command, root: root)
        }
        command = named
        rest = rest.dropFirst()
      } else if let standard = command.configuration.defaultSubcommand {
        command = standard
      } else {
        break
      }
    }
    self.command = command
  }

  private static func unknown(
    _ word: String, of command: any ParsableCommand.Type, root: any ParsableCommand.Type
  ) -> TrainerError {
    let names = command.configuration.subcommands.map { $0._commandName }
    var suggestions = Spelling.suggestions(for: word, among: names)
    if suggestions.isEmpty { suggestions = optionNames(of: command).filter { $0 == "--" + word } }
    let question = Spelling.question(suggestions)
    let owner = command == root ? "" : " of \(command._commandName)"
    return TrainerError(
      .usage,
      "unknown command '\(word)'\(owner)\(question.isEmpty ? "." : "; " + question) "
        + "Commands: \(names.joined(separator: ", "))")
  }

  /// The parser's message for an unknown option, with the names that may be meant instead of the one
  /// that the parser takes for near.
  ///
  /// - Parameter message: Any message of the parser.
  /// - Returns: The message; unchanged where it is of something else.
  func explained(_ message: String) -> String {
    let pattern = #/Unknown option '(--[^']*)'(\. Did you mean '.*'\?)?/#
    guard let found = message.prefixMatch(of: pattern) else { return message }
    // Without the dashes, which would make any two names alike.
    let suggestions = Spelling.suggestions(
      for: String(found.1.dropFirst(2)),
      among: Self.optionNames(of: command).map { String($0.dropFirst(2)) })
    let question = Spelling.question(suggestions.map { "--" + $0 })
    return "unknown option '\(found.1)'" + (question.isEmpty ? "" : "; " + question)
      + message[found.range.upperBound...]
  }

  /// A command's options and flags, with their dashes.
  ///
  /// - Parameter command: The command; of one with a default subcommand, that one's too.
  /// - Returns: Long names, in the order of the help text.
  static func optionNames(of command: any ParsableCommand.Type) -> [String] {
    let own = ToolDescription.of(command).command.arguments ?? []
    let inherited = command.configuration.defaultSubcommand.map(optionNames) ?? []
    return own.flatMap { $0.names ?? [] }.filter { $0.kind == "long" }.map { "--" + $0.name }
      + inherited
  }
}

/// What the parser's description of a command says of its options.
private struct ToolDescription: Decodable {
  struct Command: Decodable {
    let arguments: [Argument]?
  }

  struct Argument: Decodable {
    let names: [Name]?
  }

  struct Name: Decodable {
    let kind: String
    let name: String
  }

  let command: Command

  static func of(_ command: any ParsableCommand.Type) -> ToolDescription {
    do {
      return try JSONDecoder().decode(Self.self, from: Data(command._dumpHelp().utf8))
    } catch {
      preconditionFailure("the parser describes \(command): \(error)")
    }
  }
}
