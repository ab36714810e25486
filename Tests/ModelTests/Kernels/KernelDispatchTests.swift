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
    let (x, y) = (random.normal(1_001), random.normal(1_001))
    var results: Set<[UInt32]> = []
    eachSet { set in
      guard kernels_use(set) else { return }
      var sum = x
      kernel_add(&sum, y, 1_001)
      results.insert(sum.map(\.bitPattern))
    }
    #expect(results.count == 1)
  }
}
