import Model
import Synchronization
import Training

/// Writes a run's figures and the spread of its tensors for TensorBoard.
package final class TensorBoardRecorder: TrainingObserver {
  /// The file written to.
  package let file: EventFile
  /// Steps from one set of histograms and step's figures to the next; nil for none.
  package let interval: Int?
  private let last = Mutex<EpochProgress?>(nil)

  /// Makes a new event file.
  ///
  /// - Parameters:
  ///   - directory: The directory of the file, which is created if it does not exist.
  ///   - interval: Steps from one set of histograms and step's figures to the next, at least 1; nil
  ///     for none. The run's `gradientInterval` must be the same.
  /// - Throws: `FileError` if the file cannot be written.
  package init(directory: String, interval: Int?) throws {
    precondition(interval ?? 1 >= 1, "an interval of \(interval ?? 1) steps")
    self.interval = interval
    file = try EventFile(directory: directory)
  }

  /// Begins a session: in TensorBoard it replaces what the directory's older files say of the run's
  /// first step with figures and the steps after it.
  ///
  /// A run that is resumed after an epoch writes the figures of that epoch again, unless the same
  /// step has histograms, which it could not write again.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    guard let epoch = run.position.history.last, epoch.step == run.position.step,
      !isDue(step: epoch.step)
    else {
      try file.sessionStart(step: run.firstFiguresStep)
      return .proceed
    }
    // They are missing if the run ended because they could not be written.
    try file.sessionStart(step: epoch.step)
    try record(epoch)
    return .proceed
  }

  /// Requests a pause if histograms are due.
  package func progressed(_ progress: EpochProgress) -> Bool {
    guard isDue(step: progress.step) else { return false }
    last.withLock { $0 = progress }
    return true
  }

  /// Writes a step's metrics and histograms, if they are due.
  package func paused(_ run: TrainingRun) throws -> RunDecision {
    let step = run.position.step
    // Another observer may have asked for the pause.
    guard let progress = last.withLock({ $0 }), progress.step == step else { return .proceed }
    let results = [
      Result {
        try recordStep(
          EvaluationResult(total: progress.lastStep, sampleCount: progress.lastSampleCount),
          learningRate: progress.learningRate, step: step)
      },
      Result { try recordTensors(of: run.state, step: step) },
      Result {
        try recordGradients(of: run.state, rowCount: progress.lastSampleCount, step: step)
      },
    ]
    // What cannot be written now is written later.
    for result in results { try result.get() }
    return .proceed
  }

  /// Writes an epoch's figures, and waits until they are on disk: the epoch's checkpoint, which is
  /// written after them, must not survive a crash of the machine without them.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try record(epoch)
    try file.synchronize()
    return .proceed
  }

  /// Waits until all that was written is on disk.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    try file.synchronize()
  }

  /// Waits until all that was written is on disk.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try file.synchronize()
  }

  /// Whether histograms and a step's figures are due.
  ///
  /// - Parameter step: Steps done.
  /// - Returns: Whether the interval divides it.
  func isDue(step: Int) -> Bool {
    guard let interval else { return false }
    return step % interval == 0
  }

  /// Writes an epoch's figures at its last step.
  ///
  /// - Parameter epoch: The figures.
  /// - Throws: `FileError` if writing fails.
  func record(_ epoch: EpochRecord) throws {
    try file.scalars(epoch.tensorBoardScalars, step: epoch.step)
  }

  /// Writes the figures of one step: its own samples' loss and accuracy, and the learning rate.
  ///
  /// - Parameters:
  ///   - result: Loss and accuracy before the step's update, dropout active.
  ///   - learningRate: The rate of the update.
  ///   - step: Steps done, this one included.
  /// - Throws: `FileError` if writing fails.
  func recordStep(_ result: EvaluationResult, learningRate: Double, step: Int) throws {
    try file.scalars(
      [
        ("step/loss", result.loss), ("step/accuracy", result.accuracy),
        ("step/learning_rate", learningRate),
      ], step: step)
  }

  /// Writes how parameters (`weights/NAME`) and running statistics (`statistics/NAME`) are spread.
  ///
  /// - Parameters:
  ///   - state: The model; it must not change during the call.
  ///   - step: Steps done.
  /// - Throws: `FileError` if writing fails.
  func recordTensors(of state: ModelState, step: Int) throws {
    let parameterCount = state.network.parameters.entries.count
    try file.histograms(
      state.tensors.enumerated().map { index, tensor in
        let group = index < parameterCount ? "weights" : "statistics"
        return ("\(group)/\(tensor.entry.name)", tensor.values)
      }, step: step)
  }

  /// Writes how the gradient of the batch's mean loss is spread (`gradients/NAME`), and its
  /// Euclidean norm over all parameters (`gradient_norm`).
  ///
  /// - Parameters:
  ///   - state: The model, whose gradient buffer has the sums over a batch; it must not change
  ///     during the call.
  ///   - rowCount: The rows of the batch, at least 1.
  ///   - step: Steps done.
  /// - Throws: `FileError` if writing fails.
  func recordGradients(of state: ModelState, rowCount: Int, step: Int) throws {
    let scale = 1 / Float(rowCount)
    let gradients = state.gradientTensors.map { tensor in
      (tag: "gradients/\(tensor.entry.name)", values: tensor.values.map { $0 * scale })
    }
    let squares = gradients.reduce(0.0) { sum, gradient in
      gradient.values.reduce(sum) { $0 + Double($1) * Double($1) }
    }
    let wallTime = EventFile.now
    let results = [
      Result {
        try file.scalars(
          [("gradient_norm", squares.squareRoot())], step: step, wallTime: wallTime)
      },
      Result { try file.histograms(gradients, step: step, wallTime: wallTime) },
    ]
    // As in `paused`, a failure of the first does not lose the second.
    for result in results { try result.get() }
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
