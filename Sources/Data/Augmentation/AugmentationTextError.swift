import Files

/// An error in the text of an ``Augmentation``.
public struct AugmentationTextError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The text.
  public let text: String
  /// The position in the text of the first character that is wrong, from 1.
  public let position: Int
  /// How many characters are wrong; 1 at the end of the text.
  public let length: Int
  /// What was found.
  public let found: String
  /// What was expected.
  public let expected: String

  /// One line with the place, what was found and what was expected.
  public var description: String {
    "character \(position): found \(found), expected \(expected)"
  }

  /// Two lines: the text, or the part around the error; and a marker below it, with the description.
  public var marked: String {
    MarkedText(text, at: position, length: length).lines(description)
  }
}
