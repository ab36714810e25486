import ArgumentParser
import Model
import Training

/// The options that a configuration file, the environment or a run's record gives.
struct GivenOptions {
  /// Who wrote the options.
  enum Source {
    /// The user, in a configuration file or in the environment.
    case user
    /// An earlier run, in its record.
    case record
  }

  /// The options, in their order.
  let entries: [GivenOption]
  /// Who wrote them.
  var source = Source.user

  /// The command line with the same meaning.
  var arguments: [String] { entries.compactMap(\.argument) }

  /// Names the place that an error is about.
  ///
  /// - Parameters:
  ///   - error: What the parser, or a check of the options, found wrong.
  ///   - winning: The arguments that win over these options.
  /// - Returns: The error with its place; nil if it is about something else.
  func located(_ error: any Error, overriddenBy winning: [String]) -> TrainerError? {
    guard let error = error as? TrainerError else { return refusedValue() }
    // Such as "--epochs is 0; it must be at least 1".
    let words = error.message.asTyped
    guard error.code == .usage, words.hasPrefix("--") else { return nil }
    // A recorded value that contradicts another option is not the record's mistake.
    let found = words.prefix { $0 != ";" }
    guard source == .user || found.contains(" is ") && !found.contains(", but ") else { return nil }
    let option = Self.canonical(String(words.dropFirst(2).prefix { $0 != " " && $0 != "=" }))
    let isOverridden = winning.contains { argument in
      argument.hasPrefix("--")
        && Self.canonical(String(argument.dropFirst(2).prefix { $0 != "=" })) == option
    }
    guard !isOverridden else { return nil }
    return entries.first { Self.canonical($0.name) == option }.map {
      TrainerError(code, "\($0.place): \(words)")
    }
  }

  /// The error of the first value that the parser refuses by itself.
  ///
  /// - Returns: The error with its place; nil if the parser takes each value.
  private func refusedValue() -> TrainerError? {
    for entry in entries {
      guard let argument = entry.argument else { continue }
      guard let message = Self.refusal(of: argument) else { continue }
      for (index, element) in entry.elements.enumerated()
      where Self.refusal(of: "--\(entry.name)=\(element.value)") != nil {
        return TrainerError(
          code,
          "\(element.place): element \(index + 1) of \(entry.name) is "
            + "\(element.value); it must be a whole number")
      }
      return TrainerError(
        code,
        "\(entry.place): \(entry.name) is \(entry.value); "
          + Self.expectation(in: message, of: entry.name))
    }
    return nil
  }

  /// The code of an error about these options.
  private var code: TrainerError.Code {
    switch source {
    case .user: .usage
    case .record: .badData
    }
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
  private static func canonical(_ name: String) -> String {
    let name = name.hasPrefix("no-") ? String(name.dropFirst(3)) : name
    return name == "lr" ? "learning-rate" : name
  }
}
