import Files

extension ModelParser {
  /// Takes a whole number.
  ///
  /// - Parameters:
  ///   - name: What the number is, for the message, such as `the UNITS of dense`.
  ///   - range: The allowed numbers.
  /// - Returns: The number.
  /// - Throws: ``SyntaxError``.
  package mutating func integer(
    _ name: String, in range: ClosedRange<Int>
  ) throws(SyntaxError) -> Int {
    let setting = IntegerSetting(name, in: range)
    guard let next, let value = setting.value(next) else {
      throw unexpected(setting.expectation)
    }
    advance()
    return value
  }

  /// Takes two whole numbers in one word, with an x between them, such as `32x3`.
  ///
  /// - Parameters:
  ///   - name: What the word is, for the message, such as `OUTxSIZE of conv, such as 32x3`.
  ///   - first: The number before the x.
  ///   - second: The number after it.
  /// - Returns: The numbers.
  /// - Throws: ``SyntaxError``, for a number outside its range with the place of that number.
  package mutating func product(
    _ name: String, _ first: IntegerSetting, by second: IntegerSetting
  ) throws(SyntaxError) -> (Int, Int) {
    let parts = (next ?? "").split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ Int($0) != nil }) else { throw unexpected(name) }
    guard let one = first.value(parts[0]) else {
      throw unexpected(first.expectation, at: parts[0])
    }
    guard let other = second.value(parts[1]) else {
      throw unexpected(second.expectation, at: parts[1])
    }
    advance()
    return (one, other)
  }

  /// Takes a number.
  ///
  /// - Parameters:
  ///   - name: What the number is, for the message.
  ///   - range: The allowed numbers, whole at both ends.
  /// - Returns: The number.
  /// - Throws: ``SyntaxError``.
  package mutating func number(
    _ name: String, in range: ClosedRange<Double>
  ) throws(SyntaxError) -> Double {
    guard let next, let value = Double(next), range.contains(value) else {
      throw unexpected("\(name), from \(Int(range.lowerBound)) to \(Int(range.upperBound))")
    }
    advance()
    // Negative zero is zero, and would be printed.
    return value == 0 ? 0 : value
  }

  /// Takes a probability.
  ///
  /// - Parameter name: What the number is, for the message.
  /// - Returns: A number that is at least 0 and less than 1.
  /// - Throws: ``SyntaxError``.
  package mutating func probability(_ name: String) throws(SyntaxError) -> Double {
    guard let next, let value = Double(next), value >= 0, value < 1 else {
      throw unexpected("\(name), at least 0 and less than 1")
    }
    advance()
    // Negative zero is at least 0, and would be printed.
    return value == 0 ? 0 : value
  }
}
