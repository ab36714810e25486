import Foundation
import Testing

@testable import Model

@Suite("Softmax")
struct SoftmaxTests {
  @Test("is the formula, computed in double precision", arguments: [1, 2, 10, 256])
  func formula(classes: Int) {
    var random = RandomValues(5)
    for deviation in [0.1, 3, 40] {
      let logits = random.normal(classes, deviation: deviation)
      let exponentials = logits.map { exp(Double($0)) }
      let sum = exponentials.reduce(0, +)
      for (found, power) in zip(Softmax.probabilities(logits), exponentials) {
        #expect(abs(found - power / sum) <= 1e-14 * found)
      }
    }
  }

  @Test("of logits moved by the same number is the same")
  func shift() {
    let logits: [Float] = [1, -2, 0.5, 3]
    #expect(Softmax.probabilities(logits) == Softmax.probabilities(logits.map { $0 + 4096 }))
  }

  @Test("of extreme numbers is 0, 1 or equal shares")
  func extremes() {
    let largest = Float.greatestFiniteMagnitude
    #expect(Softmax.probabilities([-largest, largest, 0]) == [0, 1, 0])
    #expect(Softmax.probabilities([largest, largest]) == [0.5, 0.5])
    #expect(Softmax.probabilities([-.infinity, 3]) == [0, 1])
  }

  @Test("is NaN if a logit is NaN or infinity, or if all are minus infinity")
  func notFinite() {
    for logits: [Float] in [[.nan, 1, 2], [1, 2, .nan], [1, .infinity, 2], [-.infinity]] {
      #expect(Softmax.probabilities(logits).allSatisfy { $0.isNaN })
    }
  }
}
