import ArgumentParser
import Foundation

extension CommandPath {
  /// The names of a command's options and flags, with their dashes.
  ///
  /// - Parameters:
  ///   - command: The command. If it has a default subcommand, that one's options are included.
  ///   - kind: `option` for those with a value, `flag` for the others; nil for all.
  ///   - isRepeating: Whether they may be given several times; nil for all.
  /// - Returns: The long names, in the order of the help text.
  static func optionNames(
    of command: any ParsableCommand.Type, kind: String? = nil, isRepeating: Bool? = nil
  ) -> [String] {
    let all = ToolDescription.of(command).command.arguments ?? []
    let own = all.filter { argument in
      (kind == nil || argument.kind == kind)
        && (isRepeating == nil || argument.isRepeating == isRepeating)
    }
    let inherited =
      command.configuration.defaultSubcommand.map {
        optionNames(of: $0, kind: kind, isRepeating: isRepeating)
      } ?? []
    let names = own.flatMap { $0.names ?? [] }.filter { $0.kind == "long" }
    return names.map { "--\($0.name)" } + inherited
  }
}

/// The parser's description of a command's options.
private struct ToolDescription: Decodable {
  struct Command: Decodable {
    let arguments: [Argument]?
  }

  struct Argument: Decodable {
    let kind: String
    let isRepeating: Bool
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
