import Foundation
import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Parallel
@testable import Runs
@testable import Training

@Suite("An ensemble")
struct EnsembleTests {
  private let folder: TemporaryFolder
  private let dataset: Dataset

  init() throws {
    folder = try TemporaryFolder()
    dataset = try SyntheticImages.dataset(trainingCount: 10, testCount: 150)
  }

  /// A model whose weights are those of a seed.
  private func member(
    seed: UInt64, _ architecture: Architecture = testArchitecture(), data: ModelData? = nil,
    scale: Float = 1
  ) throws -> Ensemble.Member {
    let path = folder.path("\(seed).safetensors")
    let state = ModelState(
      network: Network(architecture, seed: seed), seed: seed, optimizerStateCount: 0)
    for tensor in state.tensors { tensor.write(tensor.values.map { $0 * scale }) }
    try ModelFile.write(state, architecture: architecture, path: path)
    return .init(file: try ModelFile(SafetensorsFile.read(path: path)), data: data)
  }

  /// What an ensemble predicts for images.
  private func predictions(
    _ members: [Ensemble.Member], views: Augmentation? = nil, threads: Int = 2,
    _ images: [[UInt8]]? = nil
  ) throws -> [(classIndex: Int, probabilities: [Float], votes: [Int])] {
    let predictor = Predictor(
      try Ensemble(members, views: views, threads: threads, coreCount: 2))
    let images = images ?? self.images
    for (index, value) in images.joined().enumerated() { predictor.pixels.pointer[index] = value }
    try predictor.predict(count: images.count)
    return images.indices.map(predictor.prediction)
  }

  private var images: [[UInt8]] {
    (0..<dataset.test.count).map { image in
      (0..<36).map { dataset.test.pixels[image * 36 + $0] }
    }
  }

  @Test("predicts with the mean of its models' probabilities, and tells what each of them predicts")
  func mean() throws {
    let members = try (1...3).map { try member(seed: $0) }
    let alone = try members.map { try predictions([$0]) }
    for (index, together) in try predictions(members).enumerated() {
      #expect(together.votes == alone.map { $0[index].classIndex })
      for label in 0..<5 {
        let sum = alone.reduce(0) { $0 + Double($1[index].probabilities[label]) }
        #expect(abs(Double(together.probabilities[label]) - sum / 3) < 1e-7)
      }
      let largest = try #require(together.probabilities.max())
      #expect(together.probabilities[together.classIndex] == largest)
    }
  }

  @Test("of equal models predicts what one does, and they agree")
  func equal() throws {
    let model = try member(seed: 4)
    let (one, four) = (try predictions([model]), try predictions([model, model, model, model]))
    for (one, four) in zip(one, four) {
      #expect(one.classIndex == four.classIndex)
      #expect(one.probabilities == four.probabilities)
    }
    let evaluation = try ModelEvaluation(
      [model, model], dataset: dataset, threads: 2, coreCount: 2)
    #expect(evaluation.members?.agreement == 1)
  }

  @Test("has the loss and accuracy of the mean, and those that each model has alone")
  func evaluation() throws {
    let members = try (1...3).map { try member(seed: $0) }
    let evaluation = try ModelEvaluation(members, dataset: dataset, threads: 2, coreCount: 2)
    let predicted = try predictions(members)
    let labels = (0..<150).map { Int(dataset.test.labels[$0]) }
    let loss = zip(predicted, labels).reduce(0) { $0 - log(Double($1.0.probabilities[$1.1])) } / 150
    #expect(abs(evaluation.loss - loss) < 1e-6)
    let right = zip(predicted, labels).count { $0.classIndex == $1 }
    #expect(evaluation.accuracy == Double(right) / 150)
    #expect(evaluation.samples == 150 && evaluation.views == 1)
    let found = try #require(evaluation.members)
    #expect(
      found.agreement == Double(predicted.count { Set($0.votes).count == 1 }) / 150)
    #expect(found.agreement < 1)
    for (member, model) in zip(members, found.models) {
      let alone = try ModelEvaluation([member], dataset: dataset, threads: 1, coreCount: 2)
      #expect(model.model == member.file.path)
      #expect(model.accuracy == alone.accuracy)
      #expect(abs(model.loss - alone.loss) < 1e-6)
      #expect(alone.members == nil)
    }
  }

  @Test("has a finite loss where a label's probability is too small for a number")
  func smallProbabilities() throws {
    let members = try (1...2).map { try member(seed: $0, scale: 100) }
    let alone = try members.map {
      try ModelEvaluation([$0], dataset: dataset, threads: 1, coreCount: 2).loss
    }
    // exp(-745) is zero.
    try #require(alone.allSatisfy { $0 > 1000 })
    let evaluation = try ModelEvaluation(members, dataset: dataset, threads: 2, coreCount: 2)
    for (model, loss) in zip(try #require(evaluation.members).models, alone) {
      #expect(abs(model.loss / loss - 1) < 1e-6)
    }
    // The mean has at least half of the larger probability, and at most that.
    #expect(evaluation.loss <= alone.min() ?? 0 + log(2))
    let same = try ModelEvaluation(
      [members[0], members[0]], dataset: dataset, threads: 2, coreCount: 2)
    #expect(abs(same.loss / alone[0] - 1) < 1e-6)
  }

  @Test("has the same bits for any number of threads", arguments: [1, 3, 7])
  func threads(_ threads: Int) throws {
    let members = try (1...2).map { try member(seed: $0) }
    let views = try Augmentation("rotate 10, shift 1, flip")
    let expected = try ModelEvaluation(
      members, views: views, dataset: dataset, threads: 2, coreCount: 2)
    let found = try ModelEvaluation(
      members, views: views, dataset: dataset, threads: threads, coreCount: 2)
    #expect(found.loss == expected.loss && found.outcome == expected.outcome)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(try encoder.encode(found) == encoder.encode(expected))
    let (one, many) = (
      try predictions(members, views: views),
      try predictions(members, views: views, threads: threads)
    )
    #expect(one.map(\.probabilities) == many.map(\.probabilities))
  }

  @Test("of one model and views predicts with the mean over the moved images")
  func views() throws {
    let model = try member(seed: 5)
    let images = images
    /// The images moved by whole pixels, with black pixels behind them.
    func moved(right: Int, down: Int) -> [[UInt8]] {
      images.map { image in
        (0..<36).map { pixel in
          let (row, column) = (pixel / 6 - down, pixel % 6 - right)
          return (0..<6).contains(row) && (0..<6).contains(column) ? image[row * 6 + column] : 0
        }
      }
    }
    let parts = try [-1, 0, 1].flatMap { right in
      try [-1, 0, 1].map { try predictions([model], moved(right: right, down: $0)) }
    }
    for (index, mean) in try predictions([model], views: Augmentation("shift 1")).enumerated() {
      for label in 0..<5 {
        let sum = parts.reduce(0) { $0 + Double($1[index].probabilities[label]) }
        #expect(abs(Double(mean.probabilities[label]) - sum / 9) < 1e-5)
      }
    }
  }

  @Test(
    "has a view for every combination of the transforms' values, and the image as it is first",
    arguments: [
      ("rotate 10", 3), ("shift 1", 9), ("flip", 2), ("scale 0.1, flip", 6),
      ("rotate 5, scale 0.1, shear 5, shift 2, flip", ImageViews.limit),
    ])
  func count(_ text: String, _ count: Int) throws {
    let views = try ImageViews(Augmentation(text), size: ImageSize(rows: 6, columns: 6))
    #expect(views.count == count)
    var output = [Float](repeating: .nan, count: 36)
    var scratch = [Float](repeating: .nan, count: views.scratchCount)
    let image = images[0]
    views.write(0, of: image, to: &output, scratch: &scratch)
    #expect(output == image.map { Float($0) / 255 })
    var distinct: Set<[Float]> = []
    for view in 0..<count {
      views.write(view, of: image, to: &output, scratch: &scratch)
      distinct.insert(output)
    }
    #expect(distinct.count == count)
  }

  @Test(
    "has no views of random transforms, or moved beyond the image",
    arguments: [
      ("shift 1, elastic 34/4", "it takes rotate, scale, shift, shear and flip"),
      ("erase 0.5", "it takes rotate"), ("shift 7", "it must be at most 6"),
    ])
  func random(_ text: String, _ message: String) throws {
    let error = try #require(throws: TrainerError.self) {
      try ImageViews(Augmentation(text), size: ImageSize(rows: 6, columns: 6))
    }
    #expect(error.code == .usage)
    #expect(error.description.contains(message))
  }

  @Test("of models for other images, or of other classes, is refused with both files")
  func mismatch() throws {
    let first = try member(seed: 1)
    let fewer = Architecture(input: Shape(6, 6, 1), Perceptron(hidden: [40]), classCount: 4)
    for (other, message) in [
      (try member(seed: 2, testArchitecture(side: 7)), "images of 7 x 7 pixels; expected 6 x 6"),
      (try member(seed: 3, fewer), "4 classes; expected 5"),
    ] {
      let error = try #require(throws: TrainerError.self) {
        try Ensemble([first, other], threads: 1, coreCount: 1)
      }
      #expect(error.code == .badData)
      #expect(error.description.hasPrefix(other.file.path))
      #expect(error.description.contains(message))
      #expect(error.description.contains(first.file.path))
    }
  }
}
