import CKernels
import Testing

@Suite("The kernels of pools")
struct PoolKernelTests {
  private typealias Forward =
    @Sendable (
      UnsafePointer<pool>, Int64, UnsafePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void

  private static let maximum = KernelVersions<Forward>(
    { kernel_pool_maximum($0, $1, $2, $3) }, { kernel_pool_maximum_baseline($0, $1, $2, $3) },
    { kernel_pool_maximum_v3($0, $1, $2, $3) }, { kernel_pool_maximum_v4($0, $1, $2, $3) })
  private static let mean = KernelVersions<Forward>(
    { kernel_pool_mean($0, $1, $2, $3) }, { kernel_pool_mean_baseline($0, $1, $2, $3) },
    { kernel_pool_mean_v3($0, $1, $2, $3) }, { kernel_pool_mean_v4($0, $1, $2, $3) })
  private static let maximumBackward = KernelVersions<
    @Sendable (
      UnsafePointer<pool>, Int64, UnsafePointer<Float>, UnsafePointer<Float>,
      UnsafeMutablePointer<Float>
    ) -> Void
  >(
    { kernel_pool_maximum_backward($0, $1, $2, $3, $4) },
    { kernel_pool_maximum_backward_baseline($0, $1, $2, $3, $4) },
    { kernel_pool_maximum_backward_v3($0, $1, $2, $3, $4) },
    { kernel_pool_maximum_backward_v4($0, $1, $2, $3, $4) })
  private static let meanBackward = KernelVersions<Forward>(
    { kernel_pool_mean_backward($0, $1, $2, $3) },
    { kernel_pool_mean_backward_baseline($0, $1, $2, $3) },
    { kernel_pool_mean_backward_v3($0, $1, $2, $3) },
    { kernel_pool_mean_backward_v4($0, $1, $2, $3) })

  /// Holds all versions against a result, with each matrix just before memory that may not be
  /// touched.
  private static func check(
    _ kernel: KernelVersions<Forward>, _ sizes: PoolCase, _ input: [Float], expecting: [Float]
  ) throws {
    let x = GuardedPages(input)
    for (name, function) in try kernel.runnable() {
      let y = GuardedPages([Float](repeating: .nan, count: expecting.count))
      withUnsafePointer(to: sizes.argument) { function($0, Int64(sizes.rows), x.start, y.start) }
      #expect(bits(y.values) == bits(expecting), "\(name), \(sizes)")
    }
  }

  /// Small whole numbers, so that windows have equal values.
  private static func values(_ count: Int, _ random: inout RandomValues) -> [Float] {
    random.integers(count, below: 7).map { Float($0) - 3 }
  }

  @Test("the greatest value of each window is its maximum, at any edge", arguments: PoolCase.all)
  func maximum(sizes: PoolCase) throws {
    var random = RandomValues(1)
    for x in [random.normal(sizes.inputCount), Self.values(sizes.inputCount, &random)] {
      let expected = sizes.windows.map { x[PoolCase.greatest($0, of: x)] }
      try Self.check(Self.maximum, sizes, x, expecting: expected)
    }
  }

  @Test("the sum in reading order over the count is a window's mean", arguments: PoolCase.all)
  func mean(sizes: PoolCase) throws {
    var random = RandomValues(2)
    let x = random.normal(sizes.inputCount)
    let expected = sizes.windows.map { window in
      window.reduce(Float(0)) { $0 + x[$1] } / Float(window.count)
    }
    try Self.check(Self.mean, sizes, x, expecting: expected)
  }

  /// Holds all versions of the maximum's gradient against the obvious code.
  private static func checkGradient(_ sizes: PoolCase, _ x: [Float], _ dy: [Float]) throws {
    var expected = [Float](repeating: 0, count: x.count)
    for (window, gradient) in zip(sizes.windows, dy) {
      expected[PoolCase.greatest(window, of: x)] += gradient
    }
    let (input, gradient) = (GuardedPages(x), GuardedPages(dy))
    for (name, function) in try maximumBackward.runnable() {
      let dx = GuardedPages([Float](repeating: .nan, count: x.count))
      withUnsafePointer(to: sizes.argument) {
        function($0, Int64(sizes.rows), gradient.start, input.start, dx.start)
      }
      #expect(bits(dx.values) == bits(expected), "\(name), \(sizes)")
    }
  }

  @Test(
    "the first greatest value has the gradient, which adds up in reading order of the windows",
    arguments: PoolCase.all)
  func maximumBackward(sizes: PoolCase) throws {
    var random = RandomValues(3)
    for x in [random.normal(sizes.inputCount), Self.values(sizes.inputCount, &random)] {
      try Self.checkGradient(sizes, x, random.normal(sizes.windows.count))
    }
  }

  @Test("every position of a window has an equal share of its gradient", arguments: PoolCase.all)
  func meanBackward(sizes: PoolCase) throws {
    var random = RandomValues(4)
    let dy = random.normal(sizes.windows.count)
    var expected = [Float](repeating: 0, count: sizes.inputCount)
    for (window, gradient) in zip(sizes.windows, dy) {
      for place in window { expected[place] += gradient / Float(window.count) }
    }
    try Self.check(Self.meanBackward, sizes, dy, expecting: expected)
  }

  @Test("a NaN is the greatest, and infinities and zeros of both signs are what they are")
  func specialValues() throws {
    var random = RandomValues(5)
    let special: [Float] = [.nan, -.infinity, .infinity, 0, -0.0, 1, -1]
    for sizes in PoolCase.all {
      let x = random.integers(sizes.inputCount, below: UInt32(special.count)).map {
        special[Int($0)]
      }
      let places = sizes.windows.map { PoolCase.greatest($0, of: x) }
      for (name, function) in try Self.maximum.runnable() {
        var y = [Float](repeating: 0, count: places.count)
        withUnsafePointer(to: sizes.argument) { function($0, Int64(sizes.rows), x, &y) }
        #expect(bits(y) == bits(places.map { x[$0] }), "\(name), \(sizes)")
      }
      try Self.checkGradient(sizes, x, random.normal(places.count))
      let lowest = [Float](repeating: -.infinity, count: sizes.inputCount)
      try Self.checkGradient(sizes, lowest, random.normal(places.count))
    }
  }
}
