import Files
import Testing

@testable import Model
@testable import Training

@Suite("The largest batch for a training set")
struct BatchSizeTests {
  @Test(
    "is the limit or all samples, and leaves no batch of one sample to batch normalization",
    arguments: [
      (60_000, 512), (200, 200), (600, 512), (513, 511), (1025, 511), (2, 2), (3, 3), (512, 512),
    ])
  func size(samples: Int, expected: Int) throws {
    var configuration = TrainingConfiguration(threads: 1)
    #expect(configuration.largestBatch(upTo: 512, sampleCount: samples) == expected)
    configuration.batchSize = expected
    try configuration.validate(sampleCount: samples)
  }

  @Test("may leave one sample if nothing is normalized")
  func unnormalized() throws {
    var configuration = TrainingConfiguration(threads: 1)
    configuration.model = Perceptron(batchNorm: false).model
    #expect(configuration.largestBatch(upTo: 512, sampleCount: 513) == 512)
    #expect(configuration.largestBatch(upTo: 512, sampleCount: 1) == 1)
    try configuration.validate(sampleCount: 513)
  }

  @Test("does not exist for one sample that is normalized, or none")
  func none() {
    let configuration = TrainingConfiguration(threads: 1)
    #expect(configuration.largestBatch(upTo: 512, sampleCount: 1) == nil)
    #expect(configuration.largestBatch(upTo: 512, sampleCount: 0) == nil)
  }

  @Test(
    "is what a run takes if no size was set, and it says so",
    arguments: [
      (600, 512, nil), (200, 200, "there are no more training samples"),
      (513, 511, "512 would leave a last batch of one sample"),
    ] as [(Int, Int, String?)])
  func defaultSize(samples: Int, expected: Int, reason: String?) throws {
    let data = try SyntheticImages.dataset(trainingCount: samples, testCount: 20)
    var configuration = TrainingConfiguration(threads: 2)
    configuration.model = Perceptron(hidden: [16]).model
    configuration.epochs = 1
    let run = try TrainingRun(configuration: configuration, dataset: data)
    #expect(run.configuration.batchSize == expected)
    #expect(
      run.notes.map(\.description)
        == [reason].compactMap(\.self).map {
          "The batch size is \(expected), because \($0); choose another with `batch-size`"
        })
    try run.train()
    #expect(run.position.step == (samples + expected - 1) / expected)

    configuration.batchSize = expected
    let given = try TrainingRun(configuration: configuration, dataset: data)
    try given.train()
    #expect(given.digest == run.digest)
    #expect(given.notes.isEmpty)
  }

  @Test("is not taken for a size that was set, even to that of the default")
  func givenSize() throws {
    var configuration = TrainingConfiguration(threads: 1)
    configuration.batchSize = 512
    #expect(configuration.fitBatch(sampleCount: 200) == nil)
    #expect(configuration.batchSize == 512)
    let error = try #require(throws: TrainerError.self) {
      try configuration.validate(sampleCount: 200)
    }
    #expect(error.description.hasPrefix("`batch-size` is 512; it must be from 1 to 200"))
  }

  @Test("counts only the samples that are trained on")
  func heldOut() throws {
    var configuration = TrainingConfiguration(threads: 1)
    configuration.validationCount = 200
    try configuration.validate(sampleCount: 300)
    #expect(configuration.fitBatch(sampleCount: 300) != nil)
    #expect(configuration.batchSize == 100)
  }

  @Test("cannot be found for one sample that is normalized, and what can be done is named")
  func oneSample() throws {
    let error = try #require(throws: TrainerError.self) {
      try TrainingConfiguration(threads: 1).validate(sampleCount: 1)
    }
    #expect(error.description.hasSuffix("use a model without bn"), "\(error)")
  }

  @Test(
    "is what the refusal of another one names",
    arguments: [(512, 513, "use `batch-size` 511 or"), (1, 600, "use `batch-size` 2 or")])
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
