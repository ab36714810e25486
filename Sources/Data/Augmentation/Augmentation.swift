import Files

/// Random distortions of training images, each within a range.
///
/// A text describes them:
///
/// ```
/// augmentation = "none" | transform {"," transform}
/// transform    = "rotate" DEGREES | "scale" SHARE | "shift" PIXELS | "shear" DEGREES
///              | "elastic" ALPHA "/" SIGMA | "erase" P | "flip"
/// ```
///
/// For example `rotate 15, scale 0.15, shift 2`. Each transform is given once; their order in the
/// text has no meaning. Printing and parsing are inverse. `docs/training.md` has the formulas.
public struct Augmentation: Sendable, Equatable {
  /// A field of displacements (Simard, Steinkraus and Platt 2003): each pixel is moved by random
  /// numbers that are smoothed over its surroundings.
  public struct Elastic: Sendable, Equatable {
    /// The factor of the smoothed numbers, in pixels.
    public var alpha: Double
    /// The standard deviation of the smoothing, in pixels.
    public var sigma: Double

    /// Describes a field.
    ///
    /// - Parameters:
    ///   - alpha: What the smoothed numbers are multiplied by, in pixels.
    ///   - sigma: The standard deviation of the smoothing, in pixels.
    public init(alpha: Double, sigma: Double) {
      self.alpha = alpha
      self.sigma = sigma
    }
  }

  /// The largest angle of a rotation about the center, in degrees; uniform on both sides of 0.
  public var rotation = 0.0
  /// How far the factor of an enlargement, the same for both axes, is from 1; uniform on both sides
  /// of 1.
  public var scaling = 0.0
  /// The longest way that the image is moved along each axis, in pixels; uniform on both sides of
  /// 0.
  public var shift = 0.0
  /// The largest angle of a shear along the rows, in degrees; uniform on both sides of 0.
  public var shear = 0.0
  /// The field of displacements; nil for none.
  public var elastic: Elastic?
  /// The probability that a rectangle is erased.
  ///
  /// Source: Zhong, Zheng, Kang, Li and Yang, "Random erasing data augmentation", 2017.
  public var erasing = 0.0
  /// Whether half of the images are mirrored, left to right.
  public var flips = false

  /// Creates an augmentation that changes nothing.
  public init() {}

  /// Parses a text; upper and lower case are the same.
  ///
  /// - Parameter text: The text.
  /// - Throws: `SyntaxError` with the place, what was found and what was expected.
  public init(_ text: String) throws(SyntaxError) {
    var parser = AugmentationParser(text)
    self = try parser.augmentation()
  }

  /// Whether no image changes.
  public var isNone: Bool { self == Augmentation() }

  /// Whether every number is within its limits.
  package var isAllowed: Bool {
    let numbers = AugmentationNumber.ranges.map { ($0.number, self[keyPath: $0.path]) }
    let field = elastic.map { [(AugmentationNumber.alpha, $0.alpha), (.sigma, $0.sigma)] } ?? []
    return (numbers + field).allSatisfy { $0.contains($1) }
  }

  /// The limits in words.
  package static var limits: String {
    let elastic = [AugmentationNumber.alpha, .sigma].map { "\($0.name) \($0.limits)" }
    return
      (AugmentationNumber.ranges.map { "\($0.keyword) \($0.number.limits)" }
      + ["\(AugmentationParser.elastic) \(elastic.joined(separator: " and "))"])
      .joined(separator: ", ")
  }

  /// The problem of the augmentation with images of a size.
  ///
  /// - Parameter size: The size.
  /// - Returns: The rest of a sentence that begins with the setting's name; nil if it can be used.
  package func problem(for size: ImageSize) -> String? {
    let side = max(size.rows, size.columns)
    guard shift > Double(side) else { return nil }
    return
      "has shift \(AugmentationNumber.text(shift)); it must be at most \(side), the larger side of "
      + "the images"
  }
}

extension Augmentation: CustomStringConvertible {
  /// The text, with the transforms in a fixed order and without those that change nothing; `none`
  /// if there is no other.
  public var description: String {
    var words = AugmentationNumber.ranges.compactMap { keyword, number, path in
      let value = self[keyPath: path]
      return value == 0 ? nil : "\(keyword) \(AugmentationNumber.text(value))"
    }
    if let elastic {
      words.append(
        "\(AugmentationParser.elastic) \(AugmentationNumber.text(elastic.alpha))/"
          + AugmentationNumber.text(elastic.sigma))
    }
    if flips { words.append(AugmentationParser.flip) }
    return words.isEmpty ? AugmentationParser.none : words.joined(separator: ", ")
  }
}
