import Foundation
import Testing

@testable import ImageData
@testable import Parallel
@testable import Training

@Suite("The field of an elastic distortion")
struct ElasticFieldTests {
  @Test("has the weights of a Gaussian, cut off at three sigma", arguments: [0.1, 0.5, 4, 7.3])
  func weights(sigma: Double) {
    let weights = ElasticField.weights(sigma: sigma)
    let radius = Int((3 * sigma).rounded(.up))
    #expect(weights.count == radius + 1)
    let plain = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = plain.reduce(0, +)
    for (distance, weight) in weights.enumerated() {
      #expect(abs(Double(weight) - plain[radius + distance] / sum) < 1e-7)
    }
  }

  @Test("moves inner pixels by numbers with the mean and deviation of the formula")
  func statistics() {
    let size = ImageSize(rows: 40, columns: 44)
    let elastic = Augmentation.Elastic(alpha: 34, sigma: 4)
    let field = ElasticField(elastic, size: size)
    let values = AlignedBuffer<Float>(count: field.count)
    let scratch = AlignedBuffer<Float>(count: field.scratchCount)
    var squares = [0.0, 0.0]
    var sums = [0.0, 0.0]
    var product = 0.0
    let rounds = 3_000
    for sample in 0..<rounds {
      field.draw(
        SampleNumbers(seed: 3, sample: UInt32(sample), epoch: 1), field: values.pointer,
        scratch: scratch.pointer)
      // The middle, which no edge is near; rows are 48 floats apart.
      let middle = [20 * 48 + 22, (40 + 20) * 48 + 22].map { Double(values.pointer[$0]) }
      for axis in 0..<2 {
        sums[axis] += middle[axis]
        squares[axis] += middle[axis] * middle[axis]
      }
      product += middle[0] * middle[1]
    }
    // Uniform noise has the variance 1/3; the filter leaves the sum of its squared weights for each
    // axis.
    let weights = ElasticField.weights(sigma: 4).map { Double($0) }
    let filter = weights.dropFirst().reduce(weights[0] * weights[0]) { $0 + 2 * $1 * $1 }
    let variance = 34.0 * 34 / 3 * filter * filter
    #expect(variance > 1 && variance < 3)
    let deviation = variance.squareRoot()
    for axis in 0..<2 {
      #expect(abs(sums[axis] / Double(rounds)) < 5 * deviation / Double(rounds).squareRoot())
      #expect(
        abs(squares[axis] / Double(rounds) / variance - 1) < 5 * (2 / Double(rounds)).squareRoot())
    }
    #expect(abs(product / Double(rounds)) < 5 * variance / Double(rounds).squareRoot())
  }
}
