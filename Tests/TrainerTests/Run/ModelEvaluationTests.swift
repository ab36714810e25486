import Foundation
import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Runs
@testable import Training

@Suite("The evaluation of a saved model")
struct ModelEvaluationTests {
  @Test(
    "has the figures of the run that saved it, for any number of threads", arguments: [1, 2, 5])
  func figures(threads: Int) throws {
    let folder = try TemporaryFolder()
    let run = try TrainingRunTests.run { $0.shardSize = .rows(64) }
    let last = try #require(try run.train(observers: [RecordingObserver()]).last)
    let path = folder.path("model.safetensors")
    try ModelFile.write(run.state, architecture: run.architecture, path: path)
    let evaluation = try ModelEvaluation(
      [.init(file: try ModelFile(SafetensorsFile.read(path: path)))], dataset: run.dataset,
      threads: threads,
      coreCount: 2)
    #expect(evaluation.accuracy == last.test.accuracy)
    #expect(abs(evaluation.loss / last.test.loss - 1) < 1e-6)
    #expect(evaluation.samples == 90)

    let labels = run.dataset.test.labels
    for (label, row) in evaluation.confusionMatrix.enumerated() {
      let count = (0..<90).count { Int(labels[$0]) == label }
      #expect(row.reduce(0, +) == count)
      #expect(evaluation.classAccuracy[label] == Double(row[label]) / Double(count))
    }
    let diagonal = evaluation.confusionMatrix.enumerated().reduce(0) { $0 + $1.element[$1.offset] }
    #expect(Double(diagonal) / 90 == evaluation.accuracy)
  }

  @Test("refuses a model for other images or other classes")
  func mismatch() throws {
    let folder = try TemporaryFolder()
    let dataset = try SyntheticImages.dataset(trainingCount: 20, testCount: 20)
    let fewer = Architecture(input: Shape(6, 6, 1), Perceptron(hidden: [40]), classCount: 4)
    for (architecture, message) in [
      (testArchitecture(side: 7), "images of 7 x 7 pixels; those of synthetic in none have 6 x 6"),
      (fewer, "has 4 classes"),
    ] {
      let file = try ModelFileTests.file(architecture, in: folder)
      let error = try #require(throws: TrainerError.self) {
        try ModelEvaluation(
          [.init(file: ModelFile(file))], dataset: dataset, threads: 1, coreCount: 1)
      }
      #expect(error.code == .badData)
      #expect(error.description.contains(message))
    }
  }
}
