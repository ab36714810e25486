import Foundation
import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Parallel
@testable import Training

@Suite("Training on mixed samples")
struct MixedRunTests {
  private static func configure(_ configuration: inout TrainingConfiguration) {
    configuration.mixup = 0.4
    configuration.cutmix = 1
    configuration.augmentation = augmentationOfEverything
    configuration.labelSmoothing = 0.1
  }

  private static func run(
    threads: Int = 2, communicator: any Communicator = SingleProcess(),
    _ change: (inout TrainingConfiguration) -> Void = configure
  ) throws -> TrainingRun {
    let run = try TrainingRunTests.run(threads: threads, communicator: communicator, change)
    try run.train()
    return run
  }

  @Test(
    "has the bits of one thread with any number, and with shards of any size",
    arguments: Engine.allCases)
  func threads(engine: Engine) throws {
    func run(_ threads: Int, _ size: ShardSize) throws -> TrainingRun {
      try Self.run(threads: threads) {
        Self.configure(&$0)
        $0.engine = engine
        $0.shardSize = size
      }
    }
    let expected = try run(1, .rows(1_000))
    for threads in [1, 2, 3] {
      for rows in [8, 24, 1_000] {
        let run = try run(threads, .rows(rows))
        #expect(run.digest == expected.digest, "\(threads) threads, shards of \(rows)")
        #expect(run.position.history.map(\.training) == expected.position.history.map(\.training))
      }
    }
  }

  @Test("has the bits of one process on any number of ranks", arguments: [2, 3])
  func ranks(count: Int) throws {
    let expected = try Self.run(threads: 1)
    for threads in [1, 2, 3] {
      let results = ThreadCommunicator.onRanks(count) { communicator in
        let run = try Self.run(threads: threads, communicator: communicator)
        return (run.digest, run.position.history.map(\.training))
      }
      for result in results {
        #expect(result.0 == expected.digest, "\(threads) threads")
        #expect(result.1 == expected.position.history.map(\.training))
      }
    }
  }

  @Test("each of the two has a result of its own, and another seed or A another")
  func results() throws {
    var digests: Set<String> = []
    for change: (inout TrainingConfiguration) -> Void in [
      { _ in }, { $0.mixup = 0.4 }, { $0.mixup = 0.5 }, { $0.cutmix = 1 }, { $0.cutmix = 0.5 },
      { ($0.mixup, $0.cutmix) = (0.4, 1) }, { ($0.mixup, $0.seed) = (0.4, 1) },
    ] {
      digests.insert(try Self.run(change).digest)
    }
    #expect(digests.count == 7)
  }

  @Test("a training set of one sample is trained on as it is")
  func oneSample() throws {
    func digest(_ change: (inout TrainingConfiguration) -> Void) throws -> String {
      var configuration = TrainingConfiguration(threads: 2)
      configuration.model = Perceptron(hidden: [8], batchNorm: false).model
      configuration.epochs = 3
      change(&configuration)
      let run = try TrainingRun(
        configuration: configuration,
        dataset: try SyntheticImages.dataset(trainingCount: 1, testCount: 9), coreCount: 2)
      try run.train()
      return run.digest
    }
    #expect(try digest { ($0.mixup, $0.cutmix) = (1, 1) } == digest { _ in })
  }

  @Test("evaluates on the images as they are")
  func evaluation() throws {
    let run = try Self.run {
      Self.configure(&$0)
      $0.validationCount = 40
    }
    try expectPlainEvaluation(of: run)
  }

  @Test("never sees held-out samples: other images in their place change nothing")
  func heldOut() throws {
    let images = try SyntheticImages(count: 230, side: 6).images
    let split = ValidationSplit(.samples(40), of: images.labels, seed: 0)
    func digest(changed: [UInt32]) throws -> String {
      var pixels = Array(
        UnsafeBufferPointer(start: images.pixels.baseAddress, count: 230 * images.valueCount))
      var labels = (0..<230).map { images.labels[$0] }
      for sample in changed.map(Int.init) {
        labels[sample] = (labels[sample] + 1) % 5
        for value in 0..<images.valueCount { pixels[sample * images.valueCount + value] ^= 255 }
      }
      var configuration = TrainingConfiguration(threads: 2)
      (configuration.epochs, configuration.batchSize) = (3, 50)
      configuration.model = Perceptron(hidden: [16]).model
      configuration.validationCount = 40
      Self.configure(&configuration)
      let data = Dataset(
        name: "changed", directory: "none",
        training: ImageSet(
          rows: 6, columns: 6, pixels: try ByteStorage(pixels), labels: try ByteStorage(labels)),
        test: images, classCount: 5)
      let run = try TrainingRun(configuration: configuration, dataset: data, coreCount: 2)
      try run.train()
      return run.digest
    }
    let expected = try digest(changed: [])
    #expect(try digest(changed: split.validation) == expected)
    #expect(try digest(changed: [split.training[0]]) != expected)
  }

  /// The mean loss of a linear classifier on mixed and smoothed targets, in double precision.
  private static func loss(
    _ images: SyntheticImages, _ mixer: SampleMixer, weights: [Float], bias: [Float],
    smoothing: Double
  ) -> Double {
    let pixels = images.images.valueCount
    func image(_ sample: Int) -> [Double] {
      (0..<pixels).map { Double(images.images.pixels[sample * pixels + $0]) / 255 }
    }
    var total = 0.0
    for sample in 0..<images.images.count {
      var (x, target) = (image(sample), [Double](repeating: smoothing / 5, count: 5))
      var share = 0.0
      if let mixture = mixer.mixture(of: UInt32(sample), epoch: 1) {
        let other = image(Int(mixture.partner))
        share = Double(mixture.partnerShare)
        for pixel in 0..<pixels {
          guard let rectangle = mixture.rectangle else {
            x[pixel] = (1 - share) * x[pixel] + share * other[pixel]
            continue
          }
          if rectangle.rows.contains(pixel / 6), rectangle.columns.contains(pixel % 6) {
            x[pixel] = other[pixel]
          }
        }
        target[Int(images.images.labels[Int(mixture.partner)])] += (1 - smoothing) * share
      }
      target[Int(images.images.labels[sample])] += (1 - smoothing) * (1 - share)
      let z = (0..<5).map { c in
        (0..<pixels).reduce(Double(bias[c])) { $0 + x[$1] * Double(weights[$1 * 5 + c]) }
      }
      let logarithm = log(z.reduce(0) { $0 + exp($1) })
      total += zip(target, z).reduce(0) { $0 + $1.0 * (logarithm - $1.1) }
    }
    return total / Double(images.images.count)
  }

  @Test("the first step's loss is that of the formulas", arguments: [0, 0.1])
  func firstLoss(smoothing: Double) throws {
    let run = try TrainingRunTests.run {
      $0.model = Perceptron(hidden: []).model
      ($0.batchSize, $0.epochs, $0.labelSmoothing) = (230, 1, smoothing)
      ($0.mixup, $0.cutmix) = (1, 1)
    }
    let images = try SyntheticImages(count: 230, side: 6)
    let mixer = try #require(
      run.configuration.mixer(for: images.images.imageSize, partners: run.split.training))
    let expected = Self.loss(
      images, mixer, weights: run.state["dense1.weight"], bias: run.state["dense1.bias"],
      smoothing: smoothing)
    try run.train()
    let found = try #require(run.position.history.first?.training.loss)
    #expect(abs(found / expected - 1) < 1e-6)
  }
}
