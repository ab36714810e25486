import Testing

@testable import Model
@testable import Training

@Suite("The largest batch for a training set")
struct BatchSizeTests {
  @Test(
    "is the limit or all samples, and leaves no batch of one sample to batch normalisation",
    arguments: [
      (60_000, 512), (200, 200), (600, 512), (513, 511), (1025, 511), (2, 2), (3, 3), (512, 512),
    ])
  func size(samples: Int, expected: Int) throws {
    var configuration = TrainingConfiguration(threads: 1)
    #expect(configuration.largestBatch(upTo: 512, sampleCount: samples) == expected)
    configuration.batchSize = expected
    try configuration.validate(sampleCount: samples)
  }

  @Test("may leave one sample if nothing is normalised")
  func unnormalised() throws {
    var configuration = TrainingConfiguration(threads: 1)
    configuration.model = Perceptron(batchNorm: false).model
    #expect(configuration.largestBatch(upTo: 512, sampleCount: 513) == 512)
    #expect(configuration.largestBatch(upTo: 512, sampleCount: 1) == 1)
    try configuration.validate(sampleCount: 513)
  }

  @Test("does not exist for one sample that is normalised, or none")
  func none() {
    let configuration = TrainingConfiguration(threads: 1)
    #expect(configuration.largestBatch(upTo: 512, sampleCount: 1) == nil)
    #expect(configuration.largestBatch(upTo: 512, sampleCount: 0) == nil)
  }

  @Test(
    "is what the refusal of another one names",
    arguments: [(512, 513, "use --batch-size 511 or"), (1, 600, "use --batch-size 2 or")])
  func refusal(size: Int, samples: Int, cure: String) throws {
    var configuration = TrainingConfiguration(threads: 1)
    configuration.batchSize = size
    let error = try #require(throws: TrainerError.self) {
      try configuration.validate(sampleCount: samples)
    }
    #expect(error.code == .usage)
    #expect(error.description.contains("leaves a batch of one sample of \(samples)"))
    #expect(error.description.hasSuffix("\(cure) a model without bn"))
  }
}
