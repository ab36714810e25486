import Glibc

/// The range of an axis, with ticks at round values.
package struct AxisScale: Sendable, Equatable {
  /// The range.
  let lower: Double
  let upper: Double
  /// The ticks in the range, ascending.
  let ticks: [Double]
  /// The power of ten of the distance between ticks.
  private let exponent: Int
  /// Whether ticks are powers of a number at equal distances.
  private let isLogarithmic: Bool

  /// A constraint on the range of an axis.
  package enum Bounds: Sendable {
    /// Starts at zero, and ends at a tick.
    case fromZero
    /// Starts at zero if the values are near enough to it.
    case aboveZero
    /// Percentages: ends at or below 100.
    case percentage
    /// Ticks are powers of two at equal distances; values must be above 0.
    case powersOfTwo
    /// Ticks are powers of ten at equal distances; values must be above 0.
    case powersOfTen
  }

  /// Finds a range that ends at round ticks.
  ///
  /// - Parameters:
  ///   - values: The values to cover: finite, at least 0. Without values the range is 0 to 1.
  ///   - bounds: The constraint on the range.
  ///   - parts: The approximate number of parts between ticks.
  init(covering values: [Double], bounds: Bounds, parts: Int = 5) {
    if bounds == .powersOfTwo || bounds == .powersOfTen {
      self = AxisScale(powersOf: bounds == .powersOfTwo ? 2 : 10, values, parts: parts)
      return
    }
    // Outside of these limits, differences and their inverses would not be finite.
    let known = values.filter { $0.isFinite && abs($0) < 1e300 }.map { abs($0) < 1e-250 ? 0 : $0 }
    var low = known.min() ?? 0
    var high = known.max() ?? 0
    if bounds == .fromZero || (bounds == .aboveZero && low < 0.5 * high) { low = min(low, 0) }
    if high <= low {
      let padding = low == 0 ? 1 : abs(low) * 0.05
      (low, high) = (low == 0 ? 0 : low - padding, low + padding)
    }
    if bounds == .percentage, low < 100 { high = min(high, 100) }
    let step = RoundStep(atLeast: (high - low) / Double(parts))
    var first = Int((low / step.size).rounded(.down))
    var last = Int((high / step.size).rounded(.up))
    // Rounding may leave a value outside of the range.
    if step.multiple(first) > low { first -= 1 }
    if step.multiple(last) < high { last += 1 }
    ticks = (first...last).map(step.multiple)
    lower = ticks[0]
    upper = ticks[ticks.count - 1]
    exponent = step.exponent
    isLogarithmic = false
  }

  /// Creates a logarithmic range that ends at powers of 2 or 10.
  private init(powersOf base: Int, _ values: [Double], parts: Int) {
    func logarithm(_ value: Double) -> Double { base == 2 ? log2(value) : log10(value) }
    // Powers outside of these limits would not be finite.
    let known = values.filter { (1e-250..<1e250).contains($0) }
    let first = Int((known.min().map(logarithm) ?? 0).rounded(.down))
    let last = max(first + 1, Int((known.max().map(logarithm) ?? 0).rounded(.up)))
    // As many ticks as fit, including the lowest power.
    let distance = max(1, (last - first + parts - 1) / parts)
    let end = first + (last - first + distance - 1) / distance * distance
    ticks = stride(from: first, through: end, by: distance).map {
      Self.power(of: base, Double($0))
    }
    lower = ticks[0]
    upper = ticks[ticks.count - 1]
    exponent = 0
    isLogarithmic = true
  }

  /// A power of 2 or 10, as near as a number can be.
  private static func power(of base: Int, _ exponent: Double) -> Double {
    if base == 2 { return exp2(exponent) }
    return exponent < 0 ? 1 / pow(10, -exponent) : pow(10, exponent)
  }

  /// Creates an axis of whole numbers, with ticks at round ones.
  ///
  /// - Parameters:
  ///   - first: The first number.
  ///   - last: The last number; the range is widened if it equals the first.
  ///   - parts: The largest number of parts between ticks.
  init(numbers first: Int, _ last: Int, parts: Int = 10) {
    let step = RoundStep(atLeast: max(1, Double(last - first) / Double(parts)))
    let size = Int(step.size)
    let start = (first + size - 1) / size * size
    ticks = stride(from: start, through: last, by: size).map(Double.init)
    lower = first == last ? Double(first) - 0.5 : Double(first)
    upper = first == last ? Double(last) + 0.5 : Double(last)
    exponent = step.exponent
    isLogarithmic = false
  }

  /// The position of a value, from 0 at the lower end to 1 at the upper end.
  func position(_ value: Double) -> Double {
    isLogarithmic
      ? log2(max(value, lower) / lower) / log2(upper / lower) : (value - lower) / (upper - lower)
  }

  /// The label of a tick.
  func label(_ tick: Double) -> String {
    if tick == 0 { return "0" }
    if isLogarithmic { return tick < 1 ? tick.description : FigureText.fixed(tick, 0) }
    let (unit, suffix) = upper >= 1e7 ? (6, "M") : upper >= 1e4 ? (3, "k") : (0, "")
    let decimals = max(0, unit - exponent)
    // Many zeros after the decimal point are hard to count.
    return decimals > 4
      ? tick.description : FigureText.fixed(tick / pow(10, Double(unit)), decimals) + suffix
  }
}

/// A step of 1, 2 or 5 times a power of ten.
private struct RoundStep {
  let factor: Int
  let exponent: Int

  /// The smallest step that is at least `size`.
  init(atLeast size: Double) {
    var exponent = 0
    while Self.powerOfTen(exponent) > size { exponent -= 1 }
    while Self.powerOfTen(exponent + 1) <= size { exponent += 1 }
    let unit = Self.powerOfTen(exponent)
    if let factor = [1, 2, 5].first(where: { Double($0) * unit >= size }) {
      self.factor = factor
      self.exponent = exponent
    } else {
      factor = 1
      self.exponent = exponent + 1
    }
  }

  var size: Double { multiple(1) }

  /// A multiple of the step, rounded once; a sum of steps would accumulate errors.
  func multiple(_ count: Int) -> Double {
    let number = Double(count) * Double(factor)
    return exponent >= 0 ? number * pow(10, Double(exponent)) : number / pow(10, Double(-exponent))
  }

  private static func powerOfTen(_ exponent: Int) -> Double {
    exponent >= 0 ? pow(10, Double(exponent)) : 1 / pow(10, Double(-exponent))
  }
}
