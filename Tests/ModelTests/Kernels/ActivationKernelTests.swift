import CKernels
import Testing

@Suite("The kernels of the rectifier")
struct ActivationKernelTests {
  static let rectify = KernelVersions(
    kernel_rectify, kernel_rectify_baseline, kernel_rectify_v3, kernel_rectify_v4)
  static let normalizeRectify = KernelVersions(
    kernel_normalize_rectify, kernel_normalize_rectify_baseline, kernel_normalize_rectify_v3,
    kernel_normalize_rectify_v4)

  @Test("what is below zero becomes zero")
  func rectify() throws {
    var random = RandomValues(1)
    for count in KernelSizes.counts {
      let x = random.normal(count)
      try Self.rectify.check("\(count)", expecting: [x.map { $0 < 0 ? 0 : $0 }]) { rectify in
        var y = GuardedFloats(count: count)
        rectify(x, &y.memory, Int64(count))
        return [y]
      }
    }
  }

  @Test("a NaN stays one, at every place of a vector", arguments: 0..<20)
  func notANumber(place: Int) throws {
    var x = [Float](repeating: 2, count: 20)
    x[place] = .nan
    for (name, rectify) in try Self.rectify.runnable() {
      var y = [Float](repeating: 0, count: 20)
      rectify(x, &y, 20)
      #expect(y.indices.filter { y[$0].isNaN } == [place], "\(name)")
    }
    let ones = [Float](repeating: 1, count: 20)
    for (name, normalizeRectify) in try Self.normalizeRectify.runnable() {
      var y = [Float](repeating: 0, count: 20)
      normalizeRectify(x, ones, ones, 1, 1, 20, &y)
      #expect(y.indices.filter { y[$0].isNaN } == [place], "\(name)")
    }
  }

  @Test("the gradient passes where the output is above zero")
  func rectifyBackward() throws {
    let backward = KernelVersions(
      kernel_rectify_backward, kernel_rectify_backward_baseline, kernel_rectify_backward_v3,
      kernel_rectify_backward_v4)
    var random = RandomValues(2)
    for count in KernelSizes.counts {
      let dy = random.normal(count)
      let y = random.normal(count).map { max($0, 0) }
      try backward.check(
        "\(count)", expecting: [zip(dy, y).map { $1 > 0 ? $0 : 0 }]
      ) { backward in
        var dx = GuardedFloats(dy)
        backward(&dx.memory, y, Int64(count))
        return [dx]
      }
    }
  }

  @Test("scaling multiplies every value")
  func scale() throws {
    let scale = KernelVersions(
      kernel_scale, kernel_scale_baseline, kernel_scale_v3, kernel_scale_v4)
    var random = RandomValues(3)
    for count in KernelSizes.counts {
      let x = random.normal(count)
      try scale.check("\(count)", expecting: [x.map { $0 * 0.7 }]) { scale in
        var y = GuardedFloats(count: count)
        scale(x, &y.memory, 0.7, Int64(count))
        return [y]
      }
    }
  }

  @Test("normalizing and rectifying in one pass is one after the other")
  func normalizeRectify() throws {
    var random = RandomValues(4)
    for (rows, columns) in KernelSizes.matrices {
      let x = random.normal(rows * columns)
      let scale = random.normal(columns)
      let shift = random.normal(columns)
      let expected = x.indices.map { i in
        let value = x[i] * scale[i % columns] + shift[i % columns]
        return (value < 0 ? 0 : value) * 0.7
      }
      try Self.normalizeRectify.check("\(rows) x \(columns)", expecting: [expected]) { kernel in
        var y = GuardedFloats(count: x.count)
        kernel(x, scale, shift, 0.7, Int64(rows), Int64(columns), &y.memory)
        return [y]
      }
    }
  }
}
