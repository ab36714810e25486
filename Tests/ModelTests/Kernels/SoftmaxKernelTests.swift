import CKernels
import Foundation
import Testing

@testable import Model

@Suite("The kernel of softmax cross-entropy")
struct SoftmaxKernelTests {
  static let softmax = KernelVersions(
    kernel_softmax_cross_entropy, kernel_softmax_cross_entropy_baseline,
    kernel_softmax_cross_entropy_v3, kernel_softmax_cross_entropy_v4)

  /// Gradient, sums, margins and predictions by Foundation's exp, in double precision.
  static func twin(_ logits: [Float], _ labels: [UInt8], classes: Int) -> [[Float]] {
    var outputs = [[Float]](repeating: [], count: 4)
    for (row, label) in zip(logits.rows(of: classes), labels) {
      let row = row.map(Double.init)
      let largest = row.reduce(-.infinity, max)
      let exponentials = row.map { exp($0 - largest) }
      let sum = exponentials.reduce(0, +)
      outputs[0] += exponentials.enumerated().map { c, value in
        Float(value / sum - (c == Int(label) ? 1 : 0))
      }
      outputs[1].append(Float(sum))
      outputs[2].append(Float(largest - row[Int(label)]))
      outputs[3].append(Float(row.firstIndex(of: largest) ?? -1))
    }
    return outputs
  }

  @Test("is that of Foundation's exp, for any number of classes")
  func twin() throws {
    var random = RandomValues(1)
    for classes in [1, 2, 3, 10, 15, 16, 17, 100, 255, 256] {
      for rows in [1, 5] {
        let logits = random.normal(rows * classes, deviation: 4)
        let labels = random.integers(rows, below: UInt32(classes)).map { UInt8($0) }
        let expected = Self.twin(logits, labels, classes: classes)
        try Self.softmax.check(
          "\(rows) x \(classes)", expecting: expected, within: 1e-6
        ) { softmax in
          var gradient = GuardedFloats(count: logits.count)
          var sums = GuardedFloats(count: rows)
          var margins = GuardedFloats(count: rows)
          var predictions = [UInt8](repeating: 0, count: rows)
          softmax(
            logits, labels, Int64(rows), Int64(classes), &gradient.memory, &sums.memory,
            &margins.memory, &predictions)
          return [gradient, sums, margins, GuardedFloats(predictions.map { Float($0) })]
        }
      }
    }
  }

  @Test("a null gradient leaves the other outputs as they are")
  func withoutGradient() throws {
    let logits: [Float] = [1, 2, 3, 3, 2, 1]
    let expected = Self.twin(logits, [0, 1], classes: 3)
    try Self.softmax.check("no gradient", expecting: Array(expected[1...]), within: 1e-6) {
      kernel in
      var sums = GuardedFloats(count: 2)
      var margins = GuardedFloats(count: 2)
      var predictions = [UInt8](repeating: 9, count: 2)
      kernel(logits, [0, 1], 2, 3, nil, &sums.memory, &margins.memory, &predictions)
      return [sums, margins, GuardedFloats(predictions.map { Float($0) })]
    }
  }

  @Test("the exponential is Foundation's within 1e-6 of itself, from 0 down to the smallest")
  func exponential() throws {
    for (name, softmax) in try Self.softmax.runnable() {
      var worst = 0.0
      for x in stride(from: Float(0), through: -87, by: -0.0137) {
        var (gradient, sum, margin): ([Float], Float, Float) = ([0, 0], 0, 0)
        var prediction: UInt8 = 9
        softmax([0, x], [0], 1, 2, &gradient, &sum, &margin, &prediction)
        let expected = exp(Double(x)) / (1 + exp(Double(x)))
        worst = max(worst, abs(Double(gradient[1]) / expected - 1))
      }
      #expect(worst < 1e-6, "\(name)")
    }
  }

  @Test("what lies far below the largest logit has next to no share, and nothing overflows")
  func farBelow() throws {
    for (name, softmax) in try Self.softmax.runnable() {
      for distance: Float in [88, 1e3, 1e30, .greatestFiniteMagnitude, .infinity] {
        var (gradient, sum, margin): ([Float], Float, Float) = ([0, 0], 0, 0)
        var prediction: UInt8 = 9
        softmax([0, -distance], [0], 1, 2, &gradient, &sum, &margin, &prediction)
        #expect(sum == 1 && margin == 0 && prediction == 0, "\(name)")
        #expect(gradient[0] == 0 && gradient[1] >= 0 && gradient[1] < 2e-38, "\(name)")
      }
    }
  }

  @Test("of equal largest logits the first is predicted")
  func ties() throws {
    for (name, softmax) in try Self.softmax.runnable() {
      var (gradient, sum, margin) = ([Float](repeating: 0, count: 20), Float(0), Float(0))
      var prediction: UInt8 = 0
      var logits = [Float](repeating: 1, count: 20)
      for place in [3, 17, 19] { logits[place] = 2 }
      softmax(logits, [5], 1, 20, &gradient, &sum, &margin, &prediction)
      #expect(prediction == 3, "\(name)")
    }
  }

  @Test("smoothed labels follow their formula, with and without a gradient")
  func smoothLabels() throws {
    let kernel = KernelVersions(
      kernel_smooth_labels, kernel_smooth_labels_baseline, kernel_smooth_labels_v3,
      kernel_smooth_labels_v4)
    var random = RandomValues(2)
    let smoothing: Float = 0.1
    for (rows, classes) in [(1, 1), (3, 2), (5, 10), (2, 17), (3, 256)] {
      let logits = random.normal(rows * classes, deviation: 4)
      let labels = random.integers(rows, below: UInt32(classes)).map { UInt8($0) }
      let predictions = random.integers(rows, below: UInt32(classes)).map { UInt8($0) }
      let start = random.normal(rows * classes)
      let startMargins = random.uniform(rows, in: 0...3)
      let share = smoothing / Float(classes)
      var margins = startMargins
      var gradient = start.map { $0 - share }
      for (r, row) in logits.rows(of: classes).enumerated() {
        let largest = row[row.startIndex + Int(predictions[r])]
        let distances = row.reduce(Float(0)) { $0 + (largest - $1) }
        margins[r] = (1 - smoothing) * margins[r] + share * distances
        gradient[r * classes + Int(labels[r])] += smoothing
      }
      try kernel.check("\(rows) x \(classes)", expecting: [gradient, margins]) { kernel in
        var gradient = GuardedFloats(start)
        var margins = GuardedFloats(startMargins)
        kernel(
          logits, labels, predictions, Int64(rows), Int64(classes), smoothing, &gradient.memory,
          &margins.memory)
        return [gradient, margins]
      }
      try kernel.check("\(rows) x \(classes), no gradient", expecting: [margins]) { kernel in
        var margins = GuardedFloats(startMargins)
        kernel(
          logits, labels, predictions, Int64(rows), Int64(classes), smoothing, nil,
          &margins.memory)
        return [margins]
      }
    }
  }

  @Test(
    "second labels follow their formula, with and without a gradient; a share of 0 changes nothing")
  func mixLabels() throws {
    let kernel = KernelVersions(
      kernel_mix_labels, kernel_mix_labels_baseline, kernel_mix_labels_v3, kernel_mix_labels_v4)
    var random = RandomValues(3)
    let kept: Float = 0.9
    for (rows, classes) in [(1, 1), (3, 2), (5, 10), (2, 17), (3, 256)] {
      var logits = random.normal(rows * classes, deviation: 4)
      let labels = random.integers(rows, below: UInt32(classes)).map { UInt8($0) }
      let others = random.integers(rows, below: UInt32(classes)).map { UInt8($0) }
      var shares = random.uniform(rows, in: 0...0.5)
      shares[0] = 0
      logits[Int(others[0])] = -.infinity
      let start = random.normal(rows * classes)
      let startMargins = random.uniform(rows, in: 0...3)
      var (gradient, margins) = (start, startMargins)
      for r in 1..<max(rows, 1) {
        let (label, other) = (r * classes + Int(labels[r]), r * classes + Int(others[r]))
        let moved = kept * shares[r]
        margins[r] += moved * (logits[label] - logits[other])
        gradient[label] += moved
        gradient[other] -= moved
      }
      try kernel.check("\(rows) x \(classes)", expecting: [gradient, margins]) { kernel in
        var gradient = GuardedFloats(start)
        var margins = GuardedFloats(startMargins)
        kernel(
          logits, labels, others, shares, Int64(rows), Int64(classes), kept, &gradient.memory,
          &margins.memory)
        return [gradient, margins]
      }
      try kernel.check("\(rows) x \(classes), no gradient", expecting: [margins]) { kernel in
        var margins = GuardedFloats(startMargins)
        kernel(
          logits, labels, others, shares, Int64(rows), Int64(classes), kept, nil, &margins.memory)
        return [margins]
      }
    }
  }
}
