import Testing

@testable import Model

@Suite("Softmax cross-entropy")
struct SoftmaxCrossEntropyTests {
  /// The sum, gradient and predictions of rows of logits.
  static func run(
    _ logits: [Float], labels: [UInt8], classes: Int, smoothing: Float = 0,
    others: (labels: [UInt8], shares: [Float])? = nil
  ) -> (sum: LossSum, gradient: [Float], predictions: [UInt8]) {
    let rows = labels.count
    var gradient = [Float](repeating: .nan, count: logits.count)
    var scratch = [Float](repeating: .nan, count: 2 * rows)
    var predictions = [UInt8](repeating: 0, count: rows)
    func loss(_ others: OtherLabels?) -> LossSum {
      SoftmaxCrossEntropy(classCount: classes)(
        logits: logits, labels: labels, rows: rows, gradient: &gradient, scratch: &scratch,
        predictions: &predictions, smoothing: smoothing, others: others)
    }
    let sum =
      others.map { labels, shares in
        labels.withUnsafeBufferPointer { labels in
          shares.withUnsafeBufferPointer { shares in
            guard let labels = labels.baseAddress, let shares = shares.baseAddress else {
              return loss(nil)
            }
            return loss(OtherLabels(labels: labels, shares: shares))
          }
        }
      } ?? loss(nil)
    return (sum, gradient, predictions)
  }

  @Test("loss and gradient are those of the formula", arguments: [2, 3, 10, 256])
  func gradients(classes: Int) {
    var random = RandomValues(1)
    let logits = random.normal(5 * classes, deviation: 3)
    let labels = random.integers(5, below: UInt32(classes)).map { UInt8($0) }
    let found = Self.run(logits, labels: labels, classes: classes)
    func loss(_ z: [Double]) -> Double {
      Twin.crossEntropy(z.matrix(columns: classes), labels: labels)
    }
    let expected = loss(logits.doubles)
    #expect(abs(found.sum.loss - expected) < 1e-6 * expected)
    let gradient = derivatives(at: logits.doubles, of: loss)
    #expect(largestRelativeDifference(found.gradient, gradient) < 1e-6)
    let right = zip(found.predictions, labels).count { $0 == $1 }
    #expect(found.sum.correct == right)
  }

  @Test("a hopeless sample's loss is finite, and a sure one's is nothing")
  func extremes() {
    let found = Self.run([1e30, 0, 0, 1_000], labels: [1, 1], classes: 2)
    #expect(abs(found.sum.loss / 1e30 - 1) < 1e-6)
    #expect(found.sum.correct == 1)
    #expect(Self.run([0, 1_000], labels: [1], classes: 2).sum.loss < 1e-30)
  }

  @Test(
    "a logit that is no finite number makes the loss none, wherever it stands",
    arguments: [Float.nan, .infinity], 0..<20)
  func notFinite(value: Float, place: Int) {
    var logits = [Float](repeating: 1, count: 40)
    logits[place] = value
    let found = Self.run(logits, labels: [3, 3], classes: 20)
    #expect(!found.sum.loss.isFinite)
    #expect(found.predictions.allSatisfy { $0 < 20 })
  }

  @Test("minus infinity is a share of zero: fatal for the label alone")
  func minusInfinity() {
    let other = Self.run([0, -.infinity], labels: [0], classes: 2)
    #expect(other.sum.loss == 0)
    #expect(!Self.run([0, -.infinity], labels: [1], classes: 2).sum.loss.isFinite)
    #expect(!Self.run([-.infinity, -.infinity], labels: [1], classes: 2).sum.loss.isFinite)
  }

  /// label_smoothing.json.
  struct SmoothingContent: Decodable {
    struct Case: Decodable {
      let classes: Int
      let smoothing: Double
      let labels: [UInt8]
      let logits: [Double]
      let loss: Double
      let gradient: [Double]
    }

    let cases: [Case]
  }

  @Test("with smoothed labels, loss and gradient are PyTorch's within 1e-6")
  func smoothing() throws {
    let cases = try Reference.read("label_smoothing", as: SmoothingContent.self).cases
    #expect(cases.count == 4)
    for reference in cases {
      let logits = reference.logits.map { Float($0) }
      let found = Self.run(
        logits, labels: reference.labels, classes: reference.classes,
        smoothing: Float(reference.smoothing))
      #expect(abs(found.sum.loss / reference.loss - 1) < 1e-6)
      #expect(largestRelativeDifference(found.gradient, reference.gradient) < 1e-6)
      let plain = Self.run(logits, labels: reference.labels, classes: reference.classes)
      #expect(found.predictions == plain.predictions)
      #expect(found.sum.correct == plain.sum.correct)
    }
  }

  @Test("with smoothed labels a logit that is no finite number still makes the loss none")
  func smoothingNotFinite() {
    for value in [Float.nan, .infinity, -.infinity] {
      for place in 0..<4 {
        var logits: [Float] = [1, 2, 3, 4]
        logits[place] = value
        let found = Self.run(logits, labels: [2], classes: 4, smoothing: 0.1)
        #expect(!found.sum.loss.isFinite, "\(value) at \(place)")
      }
    }
  }

  @Test(
    "with second labels, loss and gradient are those of both labels by their shares, smoothed or not",
    arguments: [2, 3, 10, 256], [0, 0.2])
  func secondLabels(classes: Int, smoothing: Double) {
    var random = RandomValues(7)
    let rows = 6
    let logits = random.normal(rows * classes, deviation: 3)
    let labels = random.integers(rows, below: UInt32(classes)).map { UInt8($0) }
    let others = random.integers(rows, below: UInt32(classes)).map { UInt8($0) }
    let shares = [0, 0.5] + random.uniform(rows - 2, in: 0...1)
    let found = Self.run(
      logits, labels: labels, classes: classes, smoothing: Float(smoothing),
      others: (others, shares))
    // The loss of each label by its share; a smoothed label is one of every class by an equal
    // share.
    func loss(_ z: [Double]) -> Double {
      zip(z.matrix(columns: classes), zip(labels, zip(others, shares))).reduce(0) { sum, row in
        let (z, (label, (other, share))) = row
        func single(_ label: Int) -> Double { Twin.crossEntropy([z], labels: [UInt8(label)]) }
        let mean = (0..<classes).reduce(0) { $0 + single($1) } / Double(classes)
        func smoothed(_ label: UInt8) -> Double {
          (1 - smoothing) * single(Int(label)) + smoothing * mean
        }
        return sum + (1 - Double(share)) * smoothed(label) + Double(share) * smoothed(other)
      }
    }
    let expected = loss(logits.doubles)
    #expect(abs(found.sum.loss - expected) < 1e-6 * expected)
    let gradient = derivatives(at: logits.doubles, of: loss)
    #expect(largestRelativeDifference(found.gradient, gradient) < 1e-6)
    #expect(found.sum.correct == zip(found.predictions, labels).count { $0 == $1 })
  }

  @Test("with second labels a logit that is no finite number still makes the loss none")
  func secondLabelsNotFinite() {
    for value in [Float.nan, .infinity, -.infinity] {
      for place in [1, 2] {
        var logits: [Float] = [1, 2, 3, 4]
        logits[place] = value
        let found = Self.run(logits, labels: [2], classes: 4, others: ([1], [0.25]))
        #expect(!found.sum.loss.isFinite, "\(value) at \(place)")
      }
    }
  }
}
