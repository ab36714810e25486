import MNISTData
import Model
import Parallel

/// How a saved model does on a test set.
public struct ModelEvaluation: Sendable, Encodable {
  /// The mean loss of a sample.
  public let loss: Double
  /// The share of samples predicted right.
  public let accuracy: Double
  /// How many samples there were.
  public let samples: Int
  /// For each class the share of its samples predicted right; nil for a class without samples.
  public let classAccuracy: [Double?]
  /// How often a class (row) was predicted as a class (column).
  public let confusionMatrix: [[Int]]

  /// Evaluates a model file on the test set.
  ///
  /// - Parameters:
  ///   - file: The model.
  ///   - dataset: The data.
  ///   - threads: Worker threads; never enters the result.
  ///   - coreCount: The cores that this process may use.
  /// - Throws: ``TrainerError`` where model and data do not fit each other.
  public init(file: SafetensorsFile, dataset: Dataset, threads: Int, coreCount: Int) throws {
    let architecture = try ModelFile.architecture(of: file)
    guard architecture.inputCount == dataset.test.pixelCount else {
      throw TrainerError(
        .badData,
        "\(file.path): the network takes \(architecture.inputCount) pixels; images of "
          + "\(dataset.name) in \(dataset.directory) have \(dataset.test.pixelCount)")
    }
    guard architecture.classCount == dataset.classCount else {
      throw TrainerError(
        .badData,
        "\(file.path): the network has \(architecture.classCount) classes, "
          + "\(dataset.name) in \(dataset.directory) has \(dataset.classCount)")
    }
    BLAS.useOneThreadPerCall()
    let state = ModelState(
      network: Network(architecture, seed: 0), seed: 0, optimizerStateCount: 0)
    try ModelFile.read(into: state, from: file)
    let shardSize = TrainingConfiguration(threads: threads).shardSize
    let evaluator = Evaluator(
      step: DataParallelStep(
        state: state, team: WorkerTeam(count: threads, coreCount: coreCount),
        batchCapacity: shardSize, shardSize: shardSize),
      source: SampleSource(dataset.test), sampleCount: dataset.test.count)
    let result = evaluator.evaluate()
    loss = result.loss
    accuracy = result.accuracy
    samples = result.sampleCount
    var matrix = [[Int]](
      repeating: [Int](repeating: 0, count: dataset.classCount), count: dataset.classCount)
    for sample in 0..<dataset.test.count {
      matrix[Int(dataset.test.labels[sample])][Int(evaluator.predictions.pointer[sample])] += 1
    }
    confusionMatrix = matrix
    classAccuracy = matrix.enumerated().map { label, row in
      let count = row.reduce(0, +)
      return count == 0 ? nil : Double(row[label]) / Double(count)
    }
  }
}
