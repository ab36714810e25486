import CKernels
import Testing

@Suite("The kernels of the leaky rectifier")
struct LeakyRectifierKernelTests {
  private static let forward = KernelVersions(
    kernel_leaky_rectify, kernel_leaky_rectify_baseline, kernel_leaky_rectify_v3,
    kernel_leaky_rectify_v4)
  private static let backward = KernelVersions(
    kernel_leaky_rectify_backward, kernel_leaky_rectify_backward_baseline,
    kernel_leaky_rectify_backward_v3, kernel_leaky_rectify_backward_v4)

  @Test("multiply by the slope what is not above zero, and its gradient")
  func twins() throws {
    var random = RandomValues(1)
    for count in KernelSizes.counts {
      let (x, dy) = (random.normal(count), random.normal(count))
      try Self.forward.check("\(count)", expecting: [x.map { $0 > 0 ? $0 : $0 * 0.1 }]) { kernel in
        var y = GuardedFloats(count: count)
        kernel(x, &y.memory, 0.1, Int64(count))
        return [y]
      }
      let gradients = zip(x, dy).map { $0 > 0 ? $1 : $1 * 0.1 }
      try Self.backward.check("\(count)", expecting: [gradients]) { kernel in
        var dx = GuardedFloats(dy)
        kernel(&dx.memory, x, 0.1, Int64(count))
        return [dx]
      }
    }
  }

  @Test("keep a NaN, at every place of a vector", arguments: 0..<20)
  func notANumber(place: Int) throws {
    var x = [Float](repeating: 2, count: 20)
    x[place] = .nan
    for (name, kernel) in try Self.forward.runnable() {
      var y = [Float](repeating: 0, count: 20)
      kernel(x, &y, 0.1, 20)
      #expect(y.indices.filter { y[$0].isNaN } == [place], "\(name)")
    }
  }
}
