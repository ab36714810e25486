import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Parallel
@testable import Runs
@testable import Training

@Suite("The prediction of images")
struct PredictorTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// The probabilities of each image, predicted together.
  func probabilities(
    _ images: [[UInt8]], architecture: Architecture, threads: Int = 2
  ) throws -> [[Float]] {
    let predictor = Predictor(
      try Ensemble(
        [.init(file: ModelFile(ModelFileTests.file(architecture, in: folder)))], threads: threads,
        coreCount: 2))
    for (index, image) in images.enumerated() {
      for (pixel, value) in image.enumerated() {
        predictor.pixels.pointer[index * predictor.valueCount + pixel] = value
      }
    }
    try predictor.predict(count: images.count)
    return images.indices.map { predictor.prediction(of: $0).probabilities }
  }

  /// Images of random pixels.
  func images(_ count: Int, side: Int) throws -> [[UInt8]] {
    let images = try SyntheticImages(count: count, side: side).images
    return (0..<count).map { image in
      (0..<side * side).map { images.pixels[image * side * side + $0] }
    }
  }

  @Test(
    "has the same bits for any number of threads, and for any images beside it if the kernels allow",
    arguments: [testArchitecture(side: 28, hidden: [128, 70]), testArchitecture(batchNorm: false)])
  func company(_ architecture: Architecture) throws {
    let side = architecture.inputCount == 784 ? 28 : 6
    let images = try images(150, side: side)
    let expected = try probabilities(images, architecture: architecture)
    #expect(try probabilities(images, architecture: architecture, threads: 1) == expected)
    #expect(try probabilities(images, architecture: architecture, threads: 5) == expected)
    func agree(_ images: [[UInt8]], _ expected: [[Float]]) throws {
      let found = try probabilities(images, architecture: architecture)
      if ["haswell", "zen"].contains(OpenBLAS.coreName.lowercased()) {
        // These kernels add the products of neighboring rows in two different orders.
        for (found, expected) in zip(found.joined(), expected.joined()) {
          #expect(abs(found - expected) < 1e-6)
        }
      } else {
        #expect(found == expected)
      }
    }
    try agree(images.reversed(), expected.reversed())
    try agree([images[77]], [expected[77]])
    try agree(Array(images[70...80]), Array(expected[70...80]))
  }

  @Test("is the evaluation's: the share of right classes is the accuracy")
  func evaluation() throws {
    let dataset = try SyntheticImages.dataset(trainingCount: 10, testCount: 150)
    let file = try ModelFileTests.file(testArchitecture(), in: folder)
    let evaluation = try ModelEvaluation(
      [.init(file: ModelFile(file))], dataset: dataset, threads: 2, coreCount: 2)
    let predictor = Predictor(
      try Ensemble([.init(file: ModelFile(file))], threads: 2, coreCount: 2))
    for index in 0..<150 * 36 { predictor.pixels.pointer[index] = dataset.test.pixels[index] }
    try predictor.predict(count: 150)
    var matrix = [[Int]](repeating: [0, 0, 0, 0, 0], count: 5)
    for index in 0..<150 {
      let (found, probabilities, votes) = predictor.prediction(of: index)
      #expect(votes == [found])
      matrix[Int(dataset.test.labels[index])][found] += 1
      #expect(probabilities[found] == probabilities.max())
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-6)
    }
    #expect(matrix == evaluation.confusionMatrix)
  }

  @Test("orders classes by probability, the predicted one first, the lower number where equal")
  func order() {
    let prediction = ImagePrediction(
      input: "x", index: 0, isNumbered: false, classIndex: 2,
      probabilities: [0.1, 0.3, 0.3, 0.0, 0.3], votes: [2])
    #expect(Array(prediction.mostProbable(5)) == [2, 1, 4, 0, 3])
    #expect(Array(prediction.mostProbable(1)) == [2])
  }

  @Test("by weights that give no numbers is refused with the model's name")
  func notFinite() throws {
    let architecture = testArchitecture()
    let state = ModelState(
      network: Network(architecture, seed: 0), seed: 0, optimizerStateCount: 0)
    state.set("dense3.bias", to: [0, .nan, 0, 0, 0])
    let path = folder.path("nan.safetensors")
    try ModelFile.write(state, architecture: architecture, path: path)
    let predictor = Predictor(
      try Ensemble(
        [.init(file: ModelFile(SafetensorsFile.read(path: path)))], threads: 1, coreCount: 1))
    let error = #expect(throws: TrainerError.self) { try predictor.predict(count: 1) }
    #expect(error?.code == .badData)
    #expect(error?.description.contains(path) == true)
  }
}
