import ArgumentParser
import Files
import Model
import Training

/// The options that a configuration file, the environment or a run's record gives.
struct GivenOptions {
  /// The options, in their order.
  let entries: [GivenOption]

  /// The command line with the same meaning.
  var arguments: [String] { entries.compactMap(\.argument) }

  /// Parses the options of the network's layers.
  ///
  /// - Returns: These options alone.
  /// - Throws: The parser's error for a value that it refuses.
  func model() throws -> ModelOptions {
    try ModelOptions.parse(
      entries.filter { ModelOptions.names.contains(Self.canonical($0.name)) }
        .compactMap(\.argument))
  }

  /// Where the option is given that a message is about.
  ///
  /// - Parameters:
  ///   - message: What a check found wrong, such as "--epochs is 0; it must be at least 1".
  ///   - winning: The arguments that win over these options.
  /// - Returns: The place; nil if the message is about something else.
  func place(of message: String, overriddenBy winning: [String] = []) -> String? {
    guard message.hasPrefix("--") else { return nil }
    func name(_ text: String) -> String {
      Self.canonical(String(text.dropFirst(2).prefix { !" =:".contains($0) }))
    }
    let option = name(message)
    guard !winning.contains(where: { $0.hasPrefix("--") && name($0) == option }) else { return nil }
    return entries.first { Self.canonical($0.name) == option }?.place
  }

  /// The error of the first value that the parser refuses by itself.
  ///
  /// - Returns: The error with its place; nil if the parser takes each value.
  func refusedValue() -> TrainerError? {
    for entry in entries {
      guard let argument = entry.argument else { continue }
      guard let message = Self.refusal(of: argument) else { continue }
      for (index, element) in entry.elements.enumerated()
      where Self.refusal(of: "--\(entry.name)=\(element.value)") != nil {
        return TrainerError(
          .usage,
          "\(element.place): element \(index + 1) of \(entry.name) is "
            + "\(element.value); it must be a whole number")
      }
      return TrainerError(
        .usage,
        "\(entry.subject) is \(entry.value); "
          + "\(Self.expectation(in: message, of: entry.name))")
    }
    return nil
  }

  /// The parser's message for an argument that it refuses; nil for one that it takes.
  private static func refusal(of argument: String) -> String? {
    do {
      _ = try TrainCommand.parse([argument])
      return nil
    } catch {
      return TrainCommand.message(for: error)
    }
  }

  /// The values that a parser's message lists, in the words of this project's messages.
  private static func expectation(in message: String, of name: String) -> String {
    guard let list = message.firstRange(of: ". Please provide ") else {
      switch TrainingConfiguration.standard.settings.first(where: { $0.name == name })?.value {
      case .integer, .unsigned: return "it must be a whole number"
      case .number: return "it must be a number"
      case .flag, .text, nil: return "`trainer train --help` says what \(name) can be"
      }
    }
    let words = message[list.upperBound...].split(separator: "\n  - ")
    let values = words.dropFirst().joined(separator: ", ")
    let text = (words.first.map(String.init) ?? "") + (values.isEmpty ? "" : " " + values)
    return "it must be " + (text.hasSuffix(".") ? String(text.dropLast()) : text)
  }

  /// The name that an option's messages have.
  static func canonical(_ name: String) -> String {
    TrainingConfiguration.settingName(
      of: name.hasPrefix("no-") ? String(name.dropFirst(3)) : name)
  }
}
