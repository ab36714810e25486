import CKernels
import Testing

@Suite("The kernels that add")
struct SumKernelTests {
  @Test("add adds element by element")
  func add() throws {
    let add = KernelVersions(kernel_add, kernel_add_baseline, kernel_add_v3, kernel_add_v4)
    var random = RandomValues(1)
    for count in KernelSizes.counts {
      let destination = random.normal(count)
      let source = random.normal(count)
      try add.check("\(count)", expecting: [zip(destination, source).map { $0 + $1 }]) { add in
        var sum = GuardedFloats(destination)
        add(&sum.memory, source, Int64(count))
        return [sum]
      }
    }
  }

  @Test("sum adds two arrays into a third")
  func sum() throws {
    let sum = KernelVersions(kernel_sum, kernel_sum_baseline, kernel_sum_v3, kernel_sum_v4)
    var random = RandomValues(3)
    for count in KernelSizes.counts {
      let a = random.normal(count)
      let b = random.normal(count)
      try sum.check("\(count)", expecting: [zip(a, b).map { $0 + $1 }]) { sum in
        var result = GuardedFloats(count: count)
        sum(a, b, Int64(count), &result.memory)
        return [result]
      }
    }
  }

  @Test("blend adds two products, each rounded once, in place; what is tiny becomes 0")
  func blend() throws {
    let blend = KernelVersions(
      kernel_blend, kernel_blend_baseline, kernel_blend_v3, kernel_blend_v4)
    var random = RandomValues(5)
    for count in KernelSizes.counts {
      let x = random.normal(count)
      let y = random.normal(count)
      for (kept, share) in [(Float(0.99), Float(0.01)), (0.3, 0.7), (1, 0), (0, 1)] {
        let expected = zip(x, y).map { kept * $0 + share * $1 }
        try blend.check("\(count), \(kept)", expecting: [expected]) { blend in
          var result = GuardedFloats(x)
          blend(&result.memory, y, Int64(count), kept, share)
          return [result]
        }
      }
    }
    let least = Float(sign: .plus, exponent: -100, significand: 1)
    let tiny = [least, least.nextDown, -least, -least.nextDown, .leastNonzeroMagnitude, .nan]
    try blend.check("tiny", expecting: [[least, 0, -least, 0, 0, .nan]]) { blend in
      var result = GuardedFloats(tiny)
      blend(&result.memory, [Float](repeating: 0, count: tiny.count), Int64(tiny.count), 1, 0)
      return [result]
    }
  }

  @Test("column sums go down the rows in order")
  func columnSums() throws {
    let columnSums = KernelVersions(
      kernel_column_sums, kernel_column_sums_baseline, kernel_column_sums_v3,
      kernel_column_sums_v4)
    var random = RandomValues(2)
    for (rows, columns) in KernelSizes.matrices {
      let x = random.normal(rows * columns)
      var expected = [Float](repeating: 0, count: columns)
      for row in x.rows(of: columns) {
        for (c, value) in row.enumerated() { expected[c] += value }
      }
      try columnSums.check("\(rows) x \(columns)", expecting: [expected]) { columnSums in
        var sums = GuardedFloats(count: columns)
        columnSums(x, Int64(rows), Int64(columns), &sums.memory)
        return [sums]
      }
    }
  }

  @Test("a bias is added to every row")
  func addBias() throws {
    let addBias = KernelVersions(
      kernel_add_bias, kernel_add_bias_baseline, kernel_add_bias_v3, kernel_add_bias_v4)
    var random = RandomValues(3)
    for (rows, columns) in KernelSizes.matrices {
      let x = random.normal(rows * columns)
      let bias = random.normal(columns)
      let expected = x.rows(of: columns).flatMap { zip($0, bias).map { $0 + $1 } }
      try addBias.check("\(rows) x \(columns)", expecting: [expected]) { addBias in
        var y = GuardedFloats(x)
        addBias(&y.memory, bias, Int64(rows), Int64(columns))
        return [y]
      }
    }
  }

  @Test("a transpose puts every element in its place and writes no other")
  func transpose() throws {
    let transpose = KernelVersions(
      kernel_transpose, kernel_transpose_baseline, kernel_transpose_v3, kernel_transpose_v4)
    var random = RandomValues(4)
    for (rows, columns) in KernelSizes.matrices {
      let from = random.normal(rows * columns)
      for stride in [rows, rows + 5] {
        var expected = [Float](repeating: -1, count: columns * stride)
        for r in 0..<rows {
          for c in 0..<columns { expected[c * stride + r] = from[r * columns + c] }
        }
        try transpose.check("\(rows) x \(columns)", expecting: [expected]) { transpose in
          var to = GuardedFloats([Float](repeating: -1, count: columns * stride))
          transpose(from, Int64(rows), Int64(columns), &to.memory, Int64(stride))
          return [to]
        }
      }
    }
  }
}
