/// A text for people that names settings.
///
/// Who shows it decides how a setting is spelled: a command as its option, other programs as they
/// like. A message is written as a string literal, with `\(setting: "batch-size")` for the name of
/// a setting. Errors and messages within it keep the names that they contain.
public struct Message: Sendable, Equatable, CustomStringConvertible {
  /// Texts, with the names of settings between them.
  private var parts = [""]

  /// The text, with each setting's name in backquotes.
  public var description: String { spelled { "`\($0)`" } }

  /// Spells the text.
  ///
  /// - Parameter setting: Spells the name of a setting.
  /// - Returns: The text.
  public func spelled(_ setting: (_ name: String) -> String) -> String {
    parts.enumerated().map { $0.isMultiple(of: 2) ? $1 : setting($1) }.joined()
  }

  /// Creates a message that names no setting.
  public init(_ text: String) {
    parts = [text]
  }

  /// Puts two messages one after the other.
  public static func + (first: Message, second: Message) -> Message {
    var result = first
    result.append(second)
    return result
  }

  private mutating func append(_ message: Message) {
    parts[parts.count - 1] += message.parts[0]
    parts += message.parts.dropFirst()
  }
}

extension Message: ExpressibleByStringInterpolation {
  /// Collects the parts of a literal.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var message = Message("")

    /// Starts with no parts.
    public init(literalCapacity: Int, interpolationCount: Int) {}

    /// Adds a text.
    public mutating func appendLiteral(_ text: String) {
      message.append(Message(text))
    }

    /// Adds the name of a setting.
    public mutating func appendInterpolation(setting name: String) {
      message.parts += [name, ""]
    }

    /// Adds a value as text; a message, or an error with one, keeps its names of settings.
    public mutating func appendInterpolation(_ value: some Any) {
      let nested = value as? Message ?? (value as? any MessageError)?.message
      message.append(nested ?? Message("\(value)" as String))
    }
  }

  /// Creates a message that names no setting.
  public init(stringLiteral text: String) {
    self.init(text)
  }

  /// Creates a message from the parts of a literal.
  public init(stringInterpolation: StringInterpolation) {
    self = stringInterpolation.message
  }
}

/// An error whose message can name settings.
public protocol MessageError: Error, CustomStringConvertible {
  /// What is wrong.
  var message: Message { get }
}
