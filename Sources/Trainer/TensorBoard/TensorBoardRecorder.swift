import Model
import Training

/// Writes a run's figures and the spread of its tensors for TensorBoard.
package final class TensorBoardRecorder: Sendable {
  /// The file written to.
  package let file: EventFile
  /// Steps from one set of histograms and step's figures to the next; nil for none.
  package let interval: Int?

  /// Makes a new event file.
  ///
  /// In TensorBoard it replaces what the directory's older files say of `firstStep` and the steps
  /// after it.
  ///
  /// - Parameters:
  ///   - directory: Where the file is made; the directory is made too where it is missing.
  ///   - firstStep: The first step whose figures are written: ``TrainingRun/firstFiguresStep``.
  ///   - interval: Steps from one set of histograms and step's figures to the next, at least 1; nil
  ///     for none.
  /// - Throws: ``TrainerError`` where the file cannot be written.
  package init(directory: String, firstStep: Int, interval: Int?) throws {
    precondition(interval ?? 1 >= 1, "an interval of \(interval ?? 1) steps")
    self.interval = interval
    file = try EventFile(directory: directory)
    try file.sessionStart(step: firstStep)
  }

  /// Waits until all that was written is on disk, at the end of the run.
  ///
  /// - Throws: ``TrainerError`` where the system cannot do it.
  package func finish() throws {
    try file.synchronise()
  }

  /// Whether histograms and a step's figures are due.
  ///
  /// - Parameter step: Steps done.
  /// - Returns: Whether the interval divides it.
  package func isDue(step: Int) -> Bool {
    guard let interval else { return false }
    return step % interval == 0
  }

  /// Writes an epoch's figures at its last step.
  ///
  /// - Parameter epoch: The figures.
  /// - Throws: ``TrainerError`` where writing fails.
  package func record(_ epoch: EpochRecord) throws {
    try file.scalars(epoch.tensorBoardScalars, step: epoch.step)
  }

  /// Writes the figures of one step: its own samples' loss and accuracy, and the learning rate.
  ///
  /// - Parameters:
  ///   - result: Loss and accuracy before the step's update, dropout active.
  ///   - learningRate: The rate of the update.
  ///   - step: Steps done, this one included.
  /// - Throws: ``TrainerError`` where writing fails.
  package func recordStep(_ result: EvaluationResult, learningRate: Double, step: Int) throws {
    try file.scalars(
      [
        ("step/loss", result.loss), ("step/accuracy", result.accuracy),
        ("step/learning_rate", learningRate),
      ], step: step)
  }

  /// Writes how parameters (`weights/NAME`) and running statistics (`statistics/NAME`) are spread.
  ///
  /// - Parameters:
  ///   - state: The model; nobody may change it meanwhile.
  ///   - step: Steps done.
  /// - Throws: ``TrainerError`` where writing fails.
  package func recordTensors(of state: ModelState, step: Int) throws {
    let parameterCount = state.network.parameters.entries.count
    try file.histograms(
      state.tensors.enumerated().map { index, tensor in
        let group = index < parameterCount ? "weights" : "statistics"
        return ("\(group)/\(tensor.entry.name)", tensor.values)
      }, step: step)
  }

  /// Writes how the gradient of the batch's mean loss is spread (`gradients/NAME`), and its Euclidean
  /// norm over all parameters (`gradient_norm`).
  ///
  /// - Parameters:
  ///   - state: The model, whose gradient buffer has the sums over a batch; nobody may change it
  ///     meanwhile.
  ///   - rowCount: The rows of the batch, at least 1.
  ///   - step: Steps done.
  /// - Throws: ``TrainerError`` where writing fails.
  package func recordGradients(of state: ModelState, rowCount: Int, step: Int) throws {
    let scale = 1 / Float(rowCount)
    let gradients = state.gradientTensors.map { tensor in
      (tag: "gradients/\(tensor.entry.name)", values: tensor.values.map { $0 * scale })
    }
    let squares = gradients.reduce(0.0) { sum, gradient in
      gradient.values.reduce(sum) { $0 + Double($1) * Double($1) }
    }
    let wallTime = EventFile.now
    try file.scalars(
      [("gradient_norm", squares.squareRoot())], step: step, wallTime: wallTime)
    try file.histograms(gradients, step: step, wallTime: wallTime)
  }
}

extension EpochRecord {
  /// The figures that TensorBoard shows, by tag.
  var tensorBoardScalars: [(tag: String, value: Double)] {
    [
      ("loss/train", training.loss), ("accuracy/train", training.accuracy),
      ("loss/test", test.loss), ("accuracy/test", test.accuracy),
      ("learning_rate", learningRate), ("samples_per_second", samplesPerSecond),
    ]
      + (validation.map {
        [("loss/validation", $0.loss), ("accuracy/validation", $0.accuracy)]
      } ?? [])
  }
}
