import Files
import ImageData

/// The different labels of a part, in the order in which they were found.
struct LabelNames: Sendable {
  /// A label, and where it was first found.
  struct Label: Sendable {
    let name: String
    let place: String
  }

  private(set) var all: [Label] = []
  private var numbers: [String: UInt16] = [:]

  /// The most different labels that a data set may have.
  static let largestCount = 256
  // The file of all names must stay below the limit of those who read it.
  private static let longestName = 255

  subscript(_ number: UInt16) -> Label { all[Int(number)] }

  /// The number of a label, which is a new one if the label is.
  ///
  /// - Parameters:
  ///   - name: The label.
  ///   - place: Where it is, for messages.
  /// - Returns: Its index in `all`.
  /// - Throws: `DataError` of kind `invalid` for a text that cannot be the name of a class or is
  ///   too long, and for too many labels.
  mutating func number(
    of name: String, at place: @autoclosure () -> String
  ) throws(DataError) -> UInt16 {
    if let number = numbers[name] { return number }
    let place = place()
    if let problem = ClassNames.problem(in: name) {
      throw DataError(.invalid, "\(place): found \(problem), expected the label of a class")
    }
    guard name.utf8.count <= Self.longestName else {
      throw DataError(
        .invalid,
        "\(place): found a text of \(name.utf8.count) bytes, expected the label of a class with at "
          + "most \(Self.longestName)")
    }
    guard all.count < Self.largestCount else {
      throw DataError(
        .invalid,
        "\(place): found '\(name)' as the class number \(all.count + 1), expected at most "
          + "\(Self.largestCount) classes")
    }
    let number = UInt16(all.count)
    all.append(Label(name: name, place: place))
    numbers[name] = number
    return number
  }
}
