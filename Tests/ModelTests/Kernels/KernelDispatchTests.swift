import CKernels
import Testing

/// Tests that run one after another, because the set is one of the process.
///
/// Other suites may run meanwhile; their results are the same with any set.
@Suite("The instruction set of the kernels", .serialized)
struct KernelDispatchTests {
  private static let sets = [
    INSTRUCTION_SET_BASELINE, INSTRUCTION_SET_V3, INSTRUCTION_SET_V4,
  ]

  /// Restores the best set afterwards.
  private func eachSet(_ body: (instruction_set) throws -> Void) rethrows {
    let best = kernels_in_use()
    defer { _ = kernels_use(best) }
    for set in Self.sets { try body(set) }
  }

  @Test("is the best that the CPU has, unless another is forced")
  func best() {
    #expect(Self.sets.last(where: kernels_supported) == kernels_in_use())
    #expect(kernels_supported(INSTRUCTION_SET_BASELINE))
  }

  @Test("can be any that the CPU has, and no other")
  func forced() {
    eachSet { set in
      let before = kernels_in_use()
      #expect(kernels_use(set) == kernels_supported(set))
      #expect(kernels_in_use() == (kernels_supported(set) ? set : before))
    }
  }

  @Test("changes no bit of a kernel's result")
  func sameBits() {
    var random = RandomValues(1)
    // Sums of products, which another order or another rounding would change, and exponentials.
    let (rows, columns, depth) = (7, 19, 130)
    let (left, right) = (random.normal(rows * depth), random.normal(depth * columns))
    var results: Set<[UInt32]> = []
    eachSet { set in
      guard kernels_use(set) else { return }
      var product = [Float](repeating: 0, count: rows * columns)
      kernel_product(
        Int64(rows), Int64(columns), Int64(depth), Int64(PRODUCT_DEPTH), left, Int64(depth), 1,
        right, Int64(columns), Int64(PRODUCT_PANEL), &product, Int64(columns))
      var activations = [Float](repeating: 0, count: left.count)
      kernel_gelu(left, &activations, Int64(left.count))
      results.insert((product + activations).map(\.bitPattern))
    }
    #expect(results.count == 1)
  }
}
