import CKernels
import Testing

@Suite("The kernels of batch normalization")
struct BatchNormKernelTests {
  @Test("column moments are the mean and the sum of squared deviations, at any offset")
  func columnMoments() throws {
    let columnMoments = KernelVersions(
      kernel_column_moments, kernel_column_moments_baseline, kernel_column_moments_v3,
      kernel_column_moments_v4)
    var random = RandomValues(1)
    for (rows, columns) in KernelSizes.matrices {
      let x = random.normal(rows * columns, mean: 20)
      var means: [Float] = []
      var m2s: [Float] = []
      for c in 0..<columns {
        let column = x.rows(of: columns).map { Double($0[$0.startIndex + c]) }
        let mean = column.reduce(0, +) / Double(rows)
        means.append(Float(mean))
        m2s.append(Float(column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }))
      }
      // A row by itself deviates from its mean by nothing, and by no rounding either.
      let tolerance = rows == 1 ? nil : 1e-5
      try columnMoments.check(
        "\(rows) x \(columns)", expecting: [means, m2s], within: tolerance
      ) { columnMoments in
        var mean = GuardedFloats(count: columns)
        var m2 = GuardedFloats(count: columns)
        columnMoments(x, Int64(rows), Int64(columns), &mean.memory, &m2.memory)
        return [mean, m2]
      }
    }
  }

  @Test("merged moments are those of all rows together")
  func mergeMoments() throws {
    let mergeMoments = KernelVersions(
      kernel_merge_moments, kernel_merge_moments_baseline, kernel_merge_moments_v3,
      kernel_merge_moments_v4)
    var random = RandomValues(2)
    for columns in KernelSizes.columns {
      let count1 = 64.0
      let count2 = Double(columns % 7 + 1)
      let mean1 = random.normal(columns)
      let mean2 = random.normal(columns)
      let m21 = random.uniform(columns, in: 0...64)
      let m22 = random.uniform(columns, in: 0...5)
      var means: [Float] = []
      var m2s: [Float] = []
      for c in 0..<columns {
        let sum = count1 * Double(mean1[c]) + count2 * Double(mean2[c])
        let mean = sum / (count1 + count2)
        let shift1 = Double(mean1[c]) - mean
        let shift2 = Double(mean2[c]) - mean
        means.append(Float(mean))
        m2s.append(
          Float(
            Double(m21[c]) + Double(m22[c]) + count1 * shift1 * shift1 + count2 * shift2 * shift2))
      }
      try mergeMoments.check("\(columns)", expecting: [means, m2s], within: 1e-6) { merge in
        var mean = GuardedFloats(mean1)
        var m2 = GuardedFloats(m21)
        merge(
          &mean.memory, &m2.memory, Float(count1), mean2, m22, Float(count2), Int64(columns))
        return [mean, m2]
      }
    }
  }

  @Test("scale and shift work by column")
  func scaleShift() throws {
    let scaleShift = KernelVersions(
      kernel_scale_shift, kernel_scale_shift_baseline, kernel_scale_shift_v3,
      kernel_scale_shift_v4)
    var random = RandomValues(3)
    for (rows, columns) in KernelSizes.matrices {
      let x = random.normal(rows * columns)
      let scale = random.normal(columns)
      let shift = random.normal(columns)
      let expected = x.indices.map { x[$0] * scale[$0 % columns] + shift[$0 % columns] }
      try scaleShift.check("\(rows) x \(columns)", expecting: [expected]) { scaleShift in
        var y = GuardedFloats(count: x.count)
        scaleShift(x, scale, shift, Int64(rows), Int64(columns), &y.memory)
        return [y]
      }
    }
  }

  /// What the two kernels of backward sums give, in double precision.
  static func backwardSums(
    dy: [Float], x: [Float], mean: [Float], inverseDeviation: [Float], columns: Int
  ) -> [[Float]] {
    var sums = [Double](repeating: 0, count: columns)
    var products = sums
    for i in dy.indices {
      let c = i % columns
      sums[c] += Double(dy[i])
      products[c] += Double(dy[i]) * (Double(x[i]) - Double(mean[c])) * Double(inverseDeviation[c])
    }
    return [sums.map { Float($0) }, products.map { Float($0) }]
  }

  @Test("backward sums are those of dy and of dy times the normalized value")
  func backwardSums() throws {
    let backwardSums = KernelVersions(
      kernel_batch_norm_backward_sums, kernel_batch_norm_backward_sums_baseline,
      kernel_batch_norm_backward_sums_v3, kernel_batch_norm_backward_sums_v4)
    var random = RandomValues(4)
    for (rows, columns) in KernelSizes.matrices {
      let dy = random.normal(rows * columns, mean: 1)
      let x = random.normal(rows * columns)
      let mean = random.normal(columns)
      let inverse = random.uniform(columns, in: 0.5...2)
      let expected = Self.backwardSums(
        dy: dy, x: x, mean: mean, inverseDeviation: inverse, columns: columns)
      try backwardSums.check(
        "\(rows) x \(columns)", expecting: expected, within: 1e-5
      ) { backwardSums in
        var sum = GuardedFloats(count: columns)
        var product = GuardedFloats(count: columns)
        backwardSums(
          dy, x, mean, inverse, Int64(rows), Int64(columns), &sum.memory, &product.memory)
        return [sum, product]
      }
    }
  }

  @Test("backward takes the batch's share from each row's gradient")
  func backward() throws {
    let backward = KernelVersions(
      kernel_batch_norm_backward, kernel_batch_norm_backward_baseline,
      kernel_batch_norm_backward_v3, kernel_batch_norm_backward_v4)
    var random = RandomValues(5)
    for (rows, columns) in KernelSizes.matrices {
      let dy = random.normal(rows * columns)
      let x = random.normal(rows * columns)
      let vectors = (0..<4).map { _ in random.normal(columns) }
      let (mean, scale, meanGradient, slope) = (vectors[0], vectors[1], vectors[2], vectors[3])
      let expected = dy.indices.map { i in
        let c = i % columns
        return scale[c] * (dy[i] - meanGradient[c] - (x[i] - mean[c]) * slope[c])
      }
      try backward.check("\(rows) x \(columns)", expecting: [expected]) { backward in
        var dx = GuardedFloats(dy)
        backward(
          &dx.memory, x, mean, scale, meanGradient, slope, Int64(rows), Int64(columns))
        return [dx]
      }
    }
  }

  @Test("the fused backward sums stop the gradient where the output is zero")
  func rectifiedBackwardSums() throws {
    let rectifiedSums = KernelVersions(
      kernel_rectified_backward_sums, kernel_rectified_backward_sums_baseline,
      kernel_rectified_backward_sums_v3, kernel_rectified_backward_sums_v4)
    var random = RandomValues(6)
    for (rows, columns) in KernelSizes.matrices {
      let dy = random.normal(rows * columns, mean: 1)
      let y = random.normal(rows * columns).map { max($0, 0) }
      let x = random.normal(rows * columns)
      let mean = random.normal(columns)
      let inverse = random.uniform(columns, in: 0.5...2)
      let masked = zip(dy, y).map { $1 > 0 ? $0 * 1.25 : 0 }
      let sums = Self.backwardSums(
        dy: masked, x: x, mean: mean, inverseDeviation: inverse, columns: columns)
      try rectifiedSums.check(
        "\(rows) x \(columns)", expecting: [masked] + sums, within: 1e-5
      ) { rectifiedSums in
        var gradient = GuardedFloats(dy)
        var sum = GuardedFloats(count: columns)
        var product = GuardedFloats(count: columns)
        rectifiedSums(
          &gradient.memory, y, 1.25, x, mean, inverse, Int64(rows), Int64(columns), &sum.memory,
          &product.memory)
        return [gradient, sum, product]
      }
    }
  }
}
