/// A number in the text of an ``Augmentation``: how it is called and what it may be.
package struct AugmentationNumber: Sendable {
  /// The number's name in the syntax, such as `DEGREES`.
  let name: String
  /// The limits in words.
  let limits: String
  private let condition: @Sendable (Double) -> Bool

  private init(_ name: String, _ limits: String, _ condition: @escaping @Sendable (Double) -> Bool)
  {
    self.name = name
    self.limits = limits
    self.condition = condition
  }

  /// Whether a value is within the limits; false if it is not a number.
  func contains(_ value: Double) -> Bool { condition(value) }

  /// The value in a text; whole numbers have no decimals.
  static func text(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }

  private static func from0(to most: Double) -> (String, @Sendable (Double) -> Bool) {
    ("from 0 to \(text(most))", { (0...most).contains($0) })
  }

  private static func from0(below bound: Double) -> (String, @Sendable (Double) -> Bool) {
    ("at least 0 and less than \(text(bound))", { $0 >= 0 && $0 < bound })
  }

  private init(_ name: String, _ range: (String, @Sendable (Double) -> Bool)) {
    self.init(name, range.0, range.1)
  }

  /// The ALPHA of an elastic distortion, in pixels.
  static let alpha = AugmentationNumber("ALPHA", from0(to: 10_000))
  /// The SIGMA of an elastic distortion, in pixels.
  static let sigma = AugmentationNumber("SIGMA", "from 0.1 to 100") { (0.1...100).contains($0) }

  /// The transforms of one number each, in the order of the canonical text.
  ///
  /// Zero means no transform.
  static let ranges:
    [(
      keyword: String, number: AugmentationNumber,
      path: any WritableKeyPath<Augmentation, Double> & Sendable
    )] = [
      ("rotate", AugmentationNumber("DEGREES", from0(to: 180)), \.rotation),
      ("scale", AugmentationNumber("SHARE", from0(below: 1)), \.scaling),
      (
        "shift", AugmentationNumber("PIXELS", from0(to: Double(ImageSize.sides.upperBound))),
        \.shift
      ),
      ("shear", AugmentationNumber("DEGREES", from0(below: 90)), \.shear),
      ("erase", AugmentationNumber("P", from0(to: 1)), \.erasing),
    ]
}
