import Files
import ImageData
import Model
import Parallel
import Training

/// The metrics of saved models on a test set: of one, or of several whose probabilities are
/// averaged.
package struct ModelEvaluation: Sendable, Encodable {
  /// The metrics that one model of several reaches alone.
  package struct Member: Sendable, Encodable {
    /// The path of the model's file.
    package let model: String
    /// The mean loss per sample, in nats.
    package let loss: Double
    /// The share of samples predicted correctly, from 0 to 1.
    package let accuracy: Double
  }

  /// The figures of several models besides the metrics of their mean.
  package struct Members: Sendable {
    /// The metrics that each model reaches alone, with the same views.
    package let models: [Member]
    /// The share of samples for which all models predict the same class.
    package let agreement: Double
  }

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
  /// The models, if there are several.
  package let members: Members?
  /// The number of views of each image that were averaged.
  package let views: Int
  /// Whether each sample is predicted correctly, to compare models; not encoded.
  package let isCorrect: [Bool]

  private enum CodingKeys: CodingKey {
    case loss, accuracy, samples, classAccuracy, confusionMatrix, models, agreement, views
  }

  /// Evaluates models on the test set.
  ///
  /// - Parameters:
  ///   - members: The models. Images of another size than those that they were trained on are
  ///     refused.
  ///   - views: The views of each image; nil for the image as it is.
  ///   - dataset: The data set whose test set is used.
  ///   - threads: The number of worker threads; does not affect the result.
  ///   - coreCount: The number of cores that this process may use.
  ///   - engine: What computes; nil for the engine that trained each model.
  /// - Throws: `WeightsError`, or ``TrainerError`` if the models and the data do not fit each other
  ///   or the loss is not finite; `SystemRefusal` if the system refuses threads or memory;
  ///   `OpenBLASError`.
  package init(
    _ members: [Ensemble.Member], views: Augmentation? = nil, dataset: Dataset, threads: Int,
    coreCount: Int, engine: Engine? = nil
  ) throws {
    for member in members { try Self.require(member, fits: dataset) }
    let ensemble = try Ensemble(
      members, views: views, threads: threads, coreCount: coreCount, engine: engine)
    let evaluation =
      members.count == 1 && views == nil
      ? Self(single: ensemble, dataset) : Self(mean: ensemble, dataset)
    guard evaluation.loss.isFinite else {
      throw TrainerError(
        .badData,
        "\(ensemble.paths.joined(separator: ", ")): found a loss that is not finite on "
          + "\(dataset.name) in \(dataset.directory), expected weights that give a finite loss")
    }
    self = evaluation
  }

  /// Evaluates one model with the loss of training, which has the same bits as a run's record.
  private init(single ensemble: Ensemble, _ dataset: Dataset) {
    let evaluator = Evaluator(
      ensemble, source: SampleSource(dataset.test), sampleCount: dataset.test.count)
    let result = evaluator.evaluate()
    self.init(
      loss: result.loss, accuracy: result.accuracy,
      outcome: TestOutcome(evaluator, images: dataset.test, classCount: dataset.classCount),
      isCorrect: zip(evaluator.predictions.elements, dataset.test.labels).map(==))
  }

  /// Evaluates the mean of several models or views.
  private init(mean ensemble: Ensemble, _ dataset: Dataset) {
    let evaluator = EnsembleEvaluator(ensemble, dataset.test)
    let result = evaluator.evaluate()
    let members = zip(ensemble.paths, result.models).map {
      Member(model: $0, loss: $1.loss, accuracy: $1.accuracy)
    }
    self.init(
      loss: result.ensemble.loss, accuracy: result.ensemble.accuracy,
      outcome: TestOutcome(
        predictions: evaluator.predictions, probabilities: evaluator.probabilities.elements,
        images: dataset.test, classCount: dataset.classCount),
      isCorrect: zip(evaluator.predictions, dataset.test.labels).map(==),
      members: members.count == 1
        ? nil : Members(models: members, agreement: result.agreement),
      views: ensemble.viewCount)
  }

  /// Creates an evaluation from its parts.
  ///
  /// - Parameters:
  ///   - loss: The mean loss per sample, in nats.
  ///   - accuracy: The share of samples predicted correctly, from 0 to 1.
  ///   - outcome: The predictions.
  ///   - isCorrect: Whether each sample is predicted correctly.
  ///   - members: The models, if there are several.
  ///   - views: The number of views of each image.
  init(
    loss: Double, accuracy: Double, outcome: TestOutcome, isCorrect: [Bool],
    members: Members? = nil, views: Int = 1
  ) {
    self.loss = loss
    self.accuracy = accuracy
    self.outcome = outcome
    self.isCorrect = isCorrect
    self.members = members
    self.views = views
    confusionMatrix = outcome.confusionMatrix
    classAccuracy = outcome.classAccuracy
    samples = confusionMatrix.reduce(0) { $1.reduce($0, +) }
  }

  /// Throws an error unless a model takes a data set's images and has its classes.
  private static func require(_ member: Ensemble.Member, fits dataset: Dataset) throws {
    let architecture = try member.file.architecture()
    let size = dataset.test.imageSize
    let place = "\(dataset.name) in \(dataset.directory)"
    if let expected = member.data?.imageSize ?? architecture.imageSize, expected != size {
      throw TrainerError(
        .badData,
        "\(member.file.path): the model was trained on images of \(expected.words); those of "
          + "\(place) have \(size.words)")
    }
    guard architecture.inputCount == size.valueCount else {
      throw TrainerError(
        .badData,
        "\(member.file.path): the network takes \(architecture.inputCount) values; images of "
          + "\(place) have \(size.valueCount)")
    }
    guard architecture.classCount == dataset.classCount else {
      throw TrainerError(
        .badData,
        "\(member.file.path): the network has \(counted(architecture.classCount, "class")), "
          + "\(place) has \(dataset.classCount)")
    }
  }

  /// Encodes the metrics, those of each model if there are several, and the views if there are more
  /// than one.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(loss, forKey: .loss)
    try container.encode(accuracy, forKey: .accuracy)
    try container.encode(samples, forKey: .samples)
    try container.encode(classAccuracy, forKey: .classAccuracy)
    try container.encode(confusionMatrix, forKey: .confusionMatrix)
    try container.encodeIfPresent(members?.models, forKey: .models)
    try container.encodeIfPresent(members?.agreement, forKey: .agreement)
    if views > 1 { try container.encode(views, forKey: .views) }
  }
}
