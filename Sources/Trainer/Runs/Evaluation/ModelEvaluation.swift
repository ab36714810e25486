import ImageData
import Model
import Parallel
import Training

/// The metrics of a saved model on a test set.
package struct ModelEvaluation: Sendable, Encodable {
  /// The mean loss per sample, in nats.
  package let loss: Double
  /// The share of samples predicted correctly, from 0 to 1.
  package let accuracy: Double
  /// The number of samples.
  package let samples: Int
  /// For each class, the share of its samples predicted correctly; nil for a class without samples.
  package let classAccuracy: [Double?]
  /// The number of samples by actual class (row) and predicted class (column).
  package let confusionMatrix: [[Int]]
  /// The predictions, for a report; not encoded.
  package let outcome: TestOutcome
  /// Whether each sample is predicted correctly, to compare models; not encoded.
  package let isCorrect: [Bool]

  private enum CodingKeys: CodingKey {
    case loss, accuracy, samples, classAccuracy, confusionMatrix
  }

  /// Evaluates a model file on the test set.
  ///
  /// - Parameters:
  ///   - file: The model.
  ///   - data: The data set that it was trained on; nil if unknown. Images of another size are
  ///     refused.
  ///   - dataset: The data set whose test set is used.
  ///   - threads: The number of worker threads; does not affect the result.
  ///   - coreCount: The number of cores that this process may use.
  ///   - engine: What computes; nil for the engine that trained the model.
  /// - Throws: `WeightsError`, or ``TrainerError`` if the model and the data do not fit each other
  ///   or the loss is not finite; `SystemRefusal` if the system refuses threads or memory;
  ///   `OpenBLASError`.
  package init(
    file: ModelFile, data: ModelData? = nil, dataset: Dataset, threads: Int, coreCount: Int,
    engine: Engine? = nil
  ) throws {
    let architecture = try file.architecture()
    let size = dataset.test.imageSize
    if let expected = data?.imageSize ?? architecture.imageSize, expected != size {
      throw TrainerError(
        .badData,
        "\(file.path): the model was trained on images of \(expected.words); those of "
          + "\(dataset.name) in \(dataset.directory) have \(size.words)")
    }
    guard architecture.inputCount == size.valueCount else {
      throw TrainerError(
        .badData,
        "\(file.path): the network takes \(architecture.inputCount) values; images of "
          + "\(dataset.name) in \(dataset.directory) have \(size.valueCount)")
    }
    guard architecture.classCount == dataset.classCount else {
      throw TrainerError(
        .badData,
        "\(file.path): the network has \(counted(architecture.classCount, "class")), "
          + "\(dataset.name) in \(dataset.directory) has \(dataset.classCount)")
    }
    let state = try file.state(architecture, engine: engine)
    try state.network.engine.load()
    let evaluator = Evaluator(
      runner: ForwardRunner(
        state: state, team: try .placed(count: threads, coreCount: coreCount),
        rowCapacity: min(LeafPlan.blockRows, dataset.test.count)),
      source: SampleSource(dataset.test), sampleCount: dataset.test.count)
    try state.network.engine.reserve(callers: threads)
    let result = evaluator.evaluate()
    guard result.loss.isFinite else {
      throw TrainerError(
        .badData,
        "\(file.path): found a loss that is not finite on \(dataset.name) in "
          + "\(dataset.directory), expected weights that give a finite loss")
    }
    self.init(
      loss: result.loss, accuracy: result.accuracy,
      outcome: TestOutcome(evaluator, images: dataset.test, classCount: dataset.classCount),
      isCorrect: zip(evaluator.predictions.elements, dataset.test.labels).map(==))
  }

  /// Creates an evaluation from its parts.
  ///
  /// - Parameters:
  ///   - loss: The mean loss per sample, in nats.
  ///   - accuracy: The share of samples predicted correctly, from 0 to 1.
  ///   - outcome: The predictions.
  ///   - isCorrect: Whether each sample is predicted correctly.
  init(loss: Double, accuracy: Double, outcome: TestOutcome, isCorrect: [Bool]) {
    self.loss = loss
    self.accuracy = accuracy
    self.outcome = outcome
    self.isCorrect = isCorrect
    confusionMatrix = outcome.confusionMatrix
    classAccuracy = outcome.classAccuracy
    samples = confusionMatrix.reduce(0) { $1.reduce($0, +) }
  }
}
