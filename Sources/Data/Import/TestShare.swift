/// The share of the images that become the test set: a number, or a percentage.
package enum TestShare: Sendable, Equatable, CustomStringConvertible {
  /// A number of images, at least 1.
  case images(Int)
  /// A percentage of the images, more than 0 and less than 100.
  case percent(Double)

  /// The share that is taken if none is given.
  package static let standard = TestShare.percent(10)

  /// Parses a text such as `500` or `12.5%`.
  ///
  /// - Parameter text: The text; the result is nil for another one.
  package init?(_ text: String) {
    if text.hasSuffix("%") {
      let digits = text.dropLast()
      guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
        let share = Double(digits), share > 0, share < 100
      else { return nil }
      self = .percent(share)
    } else {
      guard text.allSatisfy({ $0.isASCII && $0.isNumber }), let count = Int(text), count >= 1
      else { return nil }
      self = .images(count)
    }
  }

  /// The text, as it is parsed.
  package var description: String {
    switch self {
    case .images(let count): "\(count)"
    case .percent(let share):
      (share == share.rounded() ? "\(Int(share))" : "\(share)") + "%"
    }
  }

  /// The number of images, at least 1.
  ///
  /// - Parameter count: The number of all images.
  /// - Returns: The number, or the percentage rounded to a number.
  func count(of count: Int) -> Int {
    switch self {
    case .images(let images): images
    case .percent(let share): max(1, Int((Double(count) * share / 100).rounded()))
    }
  }
}
