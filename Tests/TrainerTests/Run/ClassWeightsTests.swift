import Testing

@testable import Files
@testable import ImageData
@testable import Model
@testable import Training

@Suite("Weights of classes")
struct ClassWeightsTests {
  @Test(
    "are read from a text, and printed as one",
    arguments: [
      ("Balanced", "balanced"), ("1,2.5,0", "1, 2.5, 0"), (" 1e3 , 0.25", "1000, 0.25"),
    ])
  func text(_ text: String, _ printed: String) throws {
    let weights = try ClassWeights(text)
    #expect("\(weights)" == printed)
    #expect(try ClassWeights(printed) == weights)
  }

  @Test(
    "that cannot be read are errors with the place",
    arguments: [
      ("", 1, "no number"), ("1, , 3", 4, "no number"), ("1, two", 4, "`two`"),
      ("1, -2", 4, "`-2`"),
      ("1 2", 1, "`1`"), ("1, nan", 4, "`nan`"), ("balanced, 1", 1, "`balanced`"),
    ])
  func errors(_ text: String, _ position: Int, _ found: String) throws {
    let error = try #require(throws: SyntaxError.self) { try ClassWeights(text) }
    #expect(error.position == position)
    #expect(error.found == found)
  }

  @Test("that are balanced have the mean 1 over the samples that are trained on")
  func balanced() throws {
    let labels = try ByteStorage([0, 0, 0, 1, 2, 2, 0, 2] as [UInt8])
    let weights = try ClassWeights.balanced.values(
      labels: labels, samples: [0, 1, 2, 3, 4, 5], classCount: 4)
    #expect(weights == [0.5, 1.5, 0.75, 0])
  }

  @Test(
    "that are not as many as the classes, or all 0, are refused",
    arguments: [
      ([1, 2], "2 weights, but the data have 3 classes; it must be one weight for each"),
      ([0, 0, 0], "is 0, 0, 0; one weight must be above 0"),
    ])
  func count(_ weights: [Double], message: String) throws {
    let error = try #require(throws: TrainerError.self) {
      try ClassWeights.given(weights).values(
        labels: ByteStorage([0, 1, 2] as [UInt8]), samples: [0, 1, 2], classCount: 3)
    }
    #expect(error.code == .usage)
    #expect(error.description.contains(message))
  }

  @Test("all 1 change no bit of a run, and 2 for all double its loss")
  func scale() throws {
    let plain = try TrainingRunTests.run { $0.optimizer = Optimizer(.sgd) }
    let last = try #require(try plain.train().last)
    let one = try TrainingRunTests.run {
      $0.optimizer = Optimizer(.sgd)
      $0.classWeights = .given([1, 1, 1, 1, 1])
    }
    #expect(try one.train().last?.training == last.training)
    #expect(one.digest == plain.digest)
    // A power of two is exact, and half the rate undoes it.
    let two = try TrainingRunTests.run {
      $0.optimizer = Optimizer(.sgd)
      $0.optimizer.learningRate /= 2
      $0.classWeights = .given([2, 2, 2, 2, 2])
    }
    #expect(try two.train().last?.training.loss == 2 * last.training.loss)
    #expect(two.digest == plain.digest)
  }

  @Test("give one digest for any number of threads, with mixed samples too", arguments: [1, 3])
  func threads(_ threads: Int) throws {
    func digest(threads: Int) throws -> String {
      let run = try TrainingRunTests.run {
        $0.threads = threads
        $0.classWeights = .given([1, 0.5, 3, 0, 2])
        $0.mixup = 0.4
        $0.labelSmoothing = 0.1
      }
      _ = try run.train()
      return run.digest
    }
    #expect(try digest(threads: threads) == digest(threads: 2))
  }
}
