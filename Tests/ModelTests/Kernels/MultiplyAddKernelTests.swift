import CKernels
import Glibc
import Testing

@testable import Model

@Suite("The fused multiply-add of the kernels")
struct MultiplyAddKernelTests {
  private static let versions = KernelVersions(
    kernel_multiply_add, kernel_multiply_add_baseline, kernel_multiply_add_v3,
    kernel_multiply_add_v4)

  /// Holds all versions against the C library's fmaf.
  ///
  /// Of what is not a number, the bits may differ.
  private static func check(_ values: [Float], times factor: Float, plus term: Float) throws {
    let expected = values.map { fmaf($0, factor, term) }
    for (name, multiplyAdd) in try versions.runnable() {
      var results = values
      multiplyAdd(&results, factor, term, 1, Int64(values.count))
      for (index, (result, value)) in zip(results, expected).enumerated()
      where result.bitPattern != value.bitPattern && !(result.isNaN && value.isNaN) {
        Issue.record(
          "\(name): fma(\(values[index]), \(factor), \(term)) is \(result), expected \(value)")
        return
      }
    }
  }

  /// Makes a float of 23 random bits, of which the last ones may be zero, with an exponent from a
  /// range.
  private static func float(
    _ random: inout RandomValues, exponents: ClosedRange<Int>, isShort: Bool = false
  ) -> Float {
    let words = random.integers(4, below: 1 << 23).map { Int($0) }
    let zeros = isShort ? words[3] % 23 : 0
    let exponent = exponents.lowerBound + words[0] % exponents.count
    return Float(
      sign: words[1] & 1 == 0 ? .plus : .minus,
      exponentBitPattern: UInt(min(max(exponent, 0), 254)),
      significandBitPattern: UInt32((words[2] >> zeros) << zeros))
  }

  private static func seeded(_ test: String) -> RandomValues {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("MultiplyAddKernelTests, \(test): seed \(seed)")
    return RandomValues(seed)
  }

  @Test("is that of the C library for random bits")
  func randomBits() throws {
    var random = Self.seeded("random bits")
    func floats(_ count: Int) -> [Float] {
      random.integers(count, below: .max).map { Float(bitPattern: $0) }
    }
    for _ in 0..<4_000 {
      let operands = floats(2)
      try Self.check(floats(384), times: operands[0], plus: operands[1])
    }
  }

  @Test("is that of the C library for operands of few bits and near exponents, with many ties")
  func ties() throws {
    var random = Self.seeded("ties")
    for _ in 0..<4_000 {
      let factor = Self.float(&random, exponents: 64...190, isShort: true)
      let term = Self.float(&random, exponents: 20...220)
      // So that product and term have exponents that differ by 30 at most.
      let near = Int(term.exponentBitPattern) - Int(factor.exponentBitPattern) + 127
      let values = (0..<384).map { _ in
        Self.float(&random, exponents: near - 30...near + 30, isShort: true)
      }
      try Self.check(values, times: factor, plus: term)
    }
  }

  @Test("is that of the C library where results are subnormal")
  func subnormal() throws {
    var random = Self.seeded("subnormal")
    for _ in 0..<4_000 {
      let factor = Self.float(&random, exponents: 0...126)
      let term = Self.float(&random, exponents: 0...2)
      let near = 127 - Int(factor.exponentBitPattern)
      let values = (0..<384).map { _ in
        Self.float(&random, exponents: near - 5...near + 35, isShort: true)
      }
      try Self.check(values, times: factor, plus: term)
    }
  }

  @Test("is that of the C library for zeros, infinities, what is no number, and the limits")
  func specialValues() throws {
    let positive: [Float] = [
      0, .leastNonzeroMagnitude, 3 * .leastNonzeroMagnitude, .leastNormalMagnitude.nextDown,
      .leastNormalMagnitude, .leastNormalMagnitude.nextUp, 0x1p-75, 0x1p-74, 0x1.000002p-75,
      0x1p-25,
      0x1p-24, 0x1p-23, 0.5, Float(1).nextDown, 1, Float(1).nextUp, 1.5, 3, 0x1p12 + 1, 0x1p24,
      0x1p24 - 1, 0x1p63, 0x1p64, 0x1p103, 0x1p104, .greatestFiniteMagnitude / 2,
      .greatestFiniteMagnitude.nextDown, .greatestFiniteMagnitude, .infinity,
    ]
    let values = positive + positive.map { -$0 } + [.nan]
    for factor in values {
      for term in values { try Self.check(values, times: factor, plus: term) }
    }
  }

  @Test("is repeated, for any count, and changes nothing else")
  func rounds() throws {
    var random = RandomValues(1)
    for count in KernelSizes.counts {
      let values = random.normal(count)
      let expected = values.map { value in
        (0..<5).reduce(value) { sum, _ in fmaf(sum, 0.7, -0.3) }
      }
      try Self.versions.check("\(count)", expecting: [expected]) { multiplyAdd in
        var results = GuardedFloats(values)
        multiplyAdd(&results.memory, 0.7, -0.3, 5, Int64(count))
        return [results]
      }
    }
  }
}
