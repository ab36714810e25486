import CKernels
import Testing

@Suite("The kernels of norms")
struct NormKernelTests {
  @Test("a sum of squares is 16 interleaved sums, added in pairs, in double precision")
  func sumOfSquares() throws {
    let kernel = KernelVersions(
      kernel_sum_of_squares, kernel_sum_of_squares_baseline, kernel_sum_of_squares_v3,
      kernel_sum_of_squares_v4)
    var random = RandomValues(1)
    for count in KernelSizes.counts + [4_096] {
      let x = random.normal(count, deviation: 100)
      var lanes = [Double](repeating: 0, count: 16)
      for (i, value) in x.enumerated() { lanes[i % 16] += Double(value) * Double(value) }
      for half in [8, 4, 2, 1] {
        for lane in 0..<half { lanes[lane] += lanes[lane + half] }
      }
      for (name, function) in try kernel.runnable() {
        var sum = -1.0
        function(x, Int64(count), &sum)
        #expect(sum == lanes[0], "\(name), \(count)")
      }
    }
  }

  @Test("the square of the greatest float is no overflow")
  func largest() throws {
    var sum = 0.0
    kernel_sum_of_squares([.greatestFiniteMagnitude, .greatestFiniteMagnitude], 2, &sum)
    #expect((sum / 2).squareRoot() == Double(Float.greatestFiniteMagnitude))
  }

  @Test("columns longer than the limit are scaled to it, and nothing else is touched")
  func limitColumnNorms() throws {
    let kernel = KernelVersions(
      kernel_limit_column_norms, kernel_limit_column_norms_baseline, kernel_limit_column_norms_v3,
      kernel_limit_column_norms_v4)
    var random = RandomValues(2)
    for (rows, columns) in KernelSizes.matrices {
      for stride in [columns, columns + 3] {
        let x = random.normal(rows * stride)
        // Near the norms of normal columns, so that some are longer and some are not.
        let limit = Double(rows).squareRoot()
        var expected = x
        for column in 0..<columns {
          let places = (0..<rows).map { $0 * stride + column }
          let norm = places.reduce(0.0) { $0 + Double(x[$1]) * Double(x[$1]) }.squareRoot()
          guard norm > limit else { continue }
          for place in places { expected[place] *= Float(limit / norm) }
        }
        try kernel.check("\(rows) x \(columns), \(stride)", expecting: [expected]) { kernel in
          var y = GuardedFloats(x)
          kernel(&y.memory, Int64(rows), Int64(columns), Int64(stride), limit)
          return [y]
        }
      }
    }
  }
}
