import ArgumentParser
import Files
import ImageData
import Training

/// The command that a command line calls.
struct CommandPath {
  /// The type of the command, for example that of `data fetch`.
  let command: any ParsableCommand.Type
  /// The command whose default subcommand was chosen, since an option comes where a subcommand
  /// could.
  private let group: (any ParsableCommand.Type)?
  /// The names of the command and its parents.
  private let names: [String]
  private let rest: [String]

  /// Finds the command that the first words of a command line name.
  ///
  /// The parser alone would treat a word that is not a command as an argument of the default
  /// command.
  ///
  /// - Parameters:
  ///   - arguments: The arguments, without the program's name.
  ///   - root: The root command.
  /// - Throws: `TrainerError` for a word in the place of a command that is not a command.
  init(_ arguments: [String], root: any ParsableCommand.Type) throws {
    var command = root
    var rest = arguments[...]
    var group: (any ParsableCommand.Type)?
    while !command.configuration.subcommands.isEmpty {
      let subcommands = command.configuration.subcommands
      if let word = rest.first, !word.hasPrefix("-") {
        // The parser handles it.
        if command == root, word == "help" {
          try Self.requireCommands(rest.dropFirst(), root: root)
          break
        }
        guard let named = subcommands.first(where: { $0._commandName == word }) else {
          throw Self.unknown(word, of: command, root: root)
        }
        command = named
        rest = rest.dropFirst()
      } else if let standard = command.configuration.defaultSubcommand {
        group = command
        command = standard
      } else {
        break
      }
    }
    self.command = command
    self.group = group
    names = Array(arguments.prefix(arguments.count - rest.count))
    self.rest = Array(rest)
  }

  /// Throws an error if words after `help` are not commands.
  private static func requireCommands(
    _ words: ArraySlice<String>, root: any ParsableCommand.Type
  ) throws {
    var command = root
    for word in words {
      let subcommands = command.configuration.subcommands
      if subcommands.isEmpty || word.hasPrefix("-") { return }
      if command == root, word == "help" { return }
      guard let named = subcommands.first(where: { $0._commandName == word }) else {
        throw unknown(word, of: command, root: root)
      }
      command = named
    }
  }

  private static func unknown(
    _ word: String, of command: any ParsableCommand.Type, root: any ParsableCommand.Type
  ) -> TrainerError {
    let names = command.configuration.subcommands.map { $0._commandName }
    var suggestions = Spelling.suggestions(for: word, among: names)
    if suggestions.isEmpty {
      let options = Set(optionNames(of: command))
      if options.contains("--" + word) { suggestions = ["--" + word] }
      if options.contains("--dataset"), KnownDataset.matching(word) != nil {
        suggestions = ["--dataset " + word]
      }
    }
    let question = Spelling.question(suggestions)
    let shown = Spelling.shown(word)
    let owner = command == root ? "" : " of \(command._commandName)"
    return TrainerError(
      .usage,
      "unknown command '\(shown)'\(owner)\(question.isEmpty ? "." : "; " + question) "
        + "Commands: \(names.joined(separator: ", "))")
  }

  /// Parses the command line.
  ///
  /// Only help and errors need the way from the root, on which the parser checks the default
  /// command's options again and again; without it, a debug build starts much faster.
  ///
  /// - Parameter root: The root command.
  /// - Returns: The command with its options, or the parser's own command for help.
  /// - Throws: The parser's error; `TrainerError` for an empty value, a second value or a very long
  ///   option.
  func parsed(root: any ParsableCommand.Type) throws -> any ParsableCommand {
    if let name = emptyOption {
      throw TrainerError(.usage, "\(name) has an empty value; give one, or leave it out")
    }
    if rest.contains("") { throw TrainerError(.usage, "an argument is empty; leave it out") }
    if let name = longOption { throw TrainerError(.usage, Message(unknownOption(name))) }
    try requireSingleValues()
    do {
      let parsed = try command.parseAsRoot(rest)
      if type(of: parsed) == command { return parsed }
    } catch {
      // The same error follows, with the names of all commands.
    }
    return try root.parseAsRoot(names + rest)
  }

  /// Rewrites the parser's message about an unknown option or an unexpected word.
  ///
  /// - Parameter message: A message of the parser.
  /// - Returns: A clearer message; other messages are returned unchanged.
  func explained(_ message: String) -> String {
    let usage = message.firstIndex(of: "\n").map { String(message[$0...]) } ?? ""
    if let found = message.prefixMatch(of: #/Unknown option '(--[^']*)'/#) {
      return lateCommand ?? unknownOption(String(found.1)) + usage
    }
    if let found = message.prefixMatch(of: #/Unexpected argument '([^']*)'/#) {
      return lateCommand ?? unexpected(String(found.1)) + usage
    }
    if message.hasPrefix("Missing expected argument"), let name = firstUnknownOption {
      return unknownOption(name) + usage
    }
    return message
  }

  private func unknownOption(_ name: String) -> String {
    // Without dashes, which would make any two names similar.
    let suggestions = Spelling.suggestions(
      for: String(name.dropFirst(2)),
      among: Self.optionNames(of: command).map { String($0.dropFirst(2)) })
    let question = Spelling.question(suggestions.map { "--" + $0 })
    return "unknown option '\(Spelling.shown(name))'" + (question.isEmpty ? "" : "; " + question)
  }

  private func unexpected(_ word: String) -> String {
    let isDataset =
      KnownDataset.matching(word) != nil && Self.optionNames(of: command).contains("--dataset")
    return "Unexpected argument '\(Spelling.shown(word))'"
      + (isDataset ? "; " + Spelling.question(["--dataset " + word]) : "")
  }

  /// The message for a command after options; nil if there is none.
  private var lateCommand: String? {
    let subcommands = group?.configuration.subcommands.map { $0._commandName } ?? []
    guard let name = ownWords.first(where: subcommands.contains) else { return nil }
    let call = (["trainer"] + names + [name]).joined(separator: " ")
    return "the command '\(name)' must come before all options: \(call)\n"
      + "  See '\(call) --help' for more information."
  }

  private var firstUnknownOption: String? {
    let known = Set(Self.optionNames(of: command))
    return ownWords.lazy.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) }
      .first { !known.contains($0) }
  }

  /// The first option with an empty value, as in `--model=$MODEL` and `--model "$MODEL"`; nil if
  /// there is none.
  ///
  /// The parser would take the next option as the value of the first.
  private var emptyOption: String? {
    func endsEmpty(_ word: String) -> Bool {
      word.hasPrefix("--") && word.firstIndex(of: "=") == word.indices.last
    }
    // The names of options come from the help, which takes time.
    guard rest.contains(where: { $0.isEmpty || endsEmpty($0) }) else { return nil }
    if let word = ownWords.first(where: endsEmpty) { return String(word.dropLast()) }
    let takers = Set(Self.optionNames(of: command, kind: "option"))
    return zip(rest, rest.dropFirst()).first { takers.contains($0) && $1.isEmpty }?.0
  }

  /// The first option that is longer than any that there is; nil if there is none.
  ///
  /// The parser would compare it with each name letter by letter, which takes seconds.
  private var longOption: String? {
    func isLong(_ word: String) -> Bool {
      word.hasPrefix("--")
        && word.utf8.prefix { $0 != UInt8(ascii: "=") }.count > Spelling.longestWord
    }
    // As above.
    guard rest.contains(where: isLong) else { return nil }
    return ownWords.first(where: isLong).map { word in String(word.prefix { $0 != "=" }) }
  }

  /// The commands that take settings of training: scripts append some to common ones, as in
  /// `$COMMON --epochs 3`, and the last value counts.
  private static var overridable: [any ParsableCommand.Type] {
    [
      TrainCommand.self, ConfigCommand.self, LRFindCommand.self, MeasureCommand.self,
      ScaleCommand.self,
    ]
  }

  /// Throws an error for an option that is given twice, with two values of which the parser would
  /// drop the first.
  private func requireSingleValues() throws {
    if Self.overridable.contains(where: { $0 == command }) { return }
    let names = rest.filter { $0.hasPrefix("--") }.map { word in word.prefix { $0 != "=" } }
    // As above.
    guard Set(names).count < names.count else { return }
    let takers = Set(Self.optionNames(of: command, kind: "option"))
    let repeating = Set(Self.optionNames(of: command, kind: "option", isRepeating: true))
    var values: [String: String] = [:]
    var words = rest[...]
    while let word = words.popFirst(), word != "--" {
      let name = String(word.prefix { $0 != "=" })
      guard takers.contains(name) else { continue }
      let value = word == name ? words.popFirst() ?? "" : String(word.dropFirst(name.count + 1))
      if repeating.contains(name) { continue }
      if let first = values.updateValue(value, forKey: name), first != value {
        throw TrainerError(.usage, "\(name) is given twice, as \(first) and \(value); give one")
      }
    }
  }

  /// The words after the names that are not values of options.
  private var ownWords: [String] {
    let takers = Set(Self.optionNames(of: command, kind: "option"))
    var result: [String] = []
    var words = rest[...]
    while let word = words.popFirst(), word != "--" {
      result.append(word)
      if takers.contains(word) { words = words.dropFirst() }
    }
    return result
  }
}
