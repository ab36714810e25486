import Files

/// The order of the values of a setting: none, numbers by their value, then other texts.
enum SettingOrder {
  /// Whether a value comes before another one.
  ///
  /// - Parameters:
  ///   - first: A value as text; nil if there is none.
  ///   - second: Another value.
  /// - Returns: Whether the first value comes before the second; false if they are equal.
  static func precedes(_ first: String?, _ second: String?) -> Bool {
    guard let second else { return false }
    guard let first else { return true }
    switch (number(first), number(second)) {
    case (let a?, let b?) where a != b: return a < b
    case (_?, nil): return true
    case (nil, _?): return false
    // Whole numbers that are equal as doubles still differ as texts.
    default: return NaturalOrder.decimals.precedes(first, second)
    }
  }

  private static func number(_ text: String) -> Double? {
    Double(text).flatMap { $0.isFinite ? $0 : nil }
  }
}
