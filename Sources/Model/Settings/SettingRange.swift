/// The values that a setting may have, as a condition and in words.
package struct SettingRange<Value: Sendable>: Sendable {
  /// The values in words, for help and for "it must be …"; empty for any value.
  package let words: String
  private let condition: @Sendable (Value) -> Bool

  /// Describes values.
  ///
  /// - Parameters:
  ///   - words: The values in words.
  ///   - condition: Whether a value is one of them.
  package init(_ words: String, _ condition: @escaping @Sendable (Value) -> Bool) {
    self.words = words
    self.condition = condition
  }

  /// Whether a value is one of them.
  ///
  /// - Parameter value: The value.
  /// - Returns: False also if it is not a number.
  package func contains(_ value: Value) -> Bool { condition(value) }
}

extension SettingRange where Value == Int {
  /// Counts from a number on.
  ///
  /// - Parameter least: The smallest count.
  /// - Returns: The range.
  package static func atLeast(_ least: Int) -> Self {
    Self("at least \(least)") { $0 >= least }
  }

  /// Counts between two numbers.
  ///
  /// - Parameters:
  ///   - least: The smallest count.
  ///   - greatest: The greatest count.
  /// - Returns: The range, with both.
  package static func from(_ least: Int, to greatest: Int) -> Self {
    Self("from \(least) to \(greatest)") { (least...greatest).contains($0) }
  }
}

extension SettingRange where Value == UInt64 {
  /// Every number of 64 bits.
  package static var any: Self { Self("from 0 to \(UInt64.max)") { _ in true } }
}

extension SettingRange where Value == Bool {
  /// On and off.
  package static var any: Self { Self("") { _ in true } }
}

extension SettingRange where Value == Double {
  /// Numbers above 0 that single precision can hold: others would silently be 0 or infinite.
  package static var positive: Self {
    let (least, greatest) = (Float.leastNormalMagnitude, Float.greatestFiniteMagnitude)
    return Self("a single-precision number from \(least) to \(greatest)") {
      $0 > 0 && Float($0).isNormal
    }
  }

  /// 0, and numbers above it that single precision can hold.
  package static var notNegative: Self {
    let positive = Self.positive
    return Self("0 or \(positive.words)") { $0 == 0 || positive.contains($0) }
  }

  /// Numbers from 0 to below 1.
  package static var belowOne: Self {
    Self("at least 0 and less than 1") { $0 >= 0 && $0 < 1 }
  }

  /// Numbers between 0 and 1, without both.
  package static var betweenZeroAndOne: Self {
    Self("above 0 and less than 1") { $0 > 0 && $0 < 1 }
  }

  /// Numbers above 0, up to another.
  ///
  /// - Parameter greatest: The greatest number.
  /// - Returns: The range.
  package static func aboveZero(to greatest: Int) -> Self {
    Self("above 0 and at most \(greatest)") { $0 > 0 && $0 <= Double(greatest) }
  }
}
