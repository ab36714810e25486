import ImageData
import Model
import Training

/// The metrics of a run at a moment, for Prometheus.
struct RunMetrics: Sendable {
  /// The state of a run.
  enum State: String, Sendable, CaseIterable {
    case running, stopped, failed, complete
  }

  /// The metrics, in the order of the file.
  private(set) var metrics: [PrometheusMetric] = []
  private let run: PrometheusMetric.Sample.Label

  /// Describes a run between two steps.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - name: The name that distinguishes it from other runs, a label of every sample.
  ///   - state: Its state.
  ///   - last: The metrics of its last epoch; nil if there is none.
  ///   - learningRate: The learning rate of its last step; nil if it is unknown.
  ///   - time: The time of the update, in seconds since 1970.
  init(
    of run: TrainingRun, name: String, state: State, last: EpochRecord?, learningRate: Double?,
    time: Double
  ) {
    self.run = .init(name: "run", value: name)
    let position = run.position
    add(
      "info", "What is trained; the value is always 1.",
      [
        (
          [
            ("version", TrainerVersion.current), ("dataset", run.dataset.name),
            ("model", "\(run.configuration.model)"),
          ], 1
        )
      ])
    add(
      "run_state", "The state of the run: 1 for its state, 0 for the others.",
      State.allCases.map { ([("state", $0.rawValue)], $0 == state ? 1 : 0) })
    add("epoch", "Complete epochs.", Double(position.history.count))
    add(
      "epoch_limit", "Epochs after which the run ends at the latest.",
      Double(run.configuration.epochs))
    add("step_total", "Optimizer steps.", Double(position.step))
    add("step_limit", "Steps after which the run ends at the latest.", Double(run.stepLimit))
    add(
      "samples_total", "Training samples, each counted in every epoch.",
      Double(
        position.history.reduce(position.sampleCount) { $0 + $1.training.sampleCount }))
    addTraining(position, last)
    addEvaluation(last)
    add("learning_rate", "Learning rate of the last step.", learningRate)
    add("run_seconds_total", "Duration of the run over all its parts.", position.seconds)
    add("update_timestamp_seconds", "Time of this update, since 1970.", time)
  }

  /// The content of a file.
  var text: String { metrics.map(\.text).joined() }

  /// Adds the means of the epoch under way; at its end, those of the last epoch.
  private mutating func addTraining(_ position: RunPosition, _ last: EpochRecord?) {
    let count = Double(position.sampleCount)
    let isWithin = position.sampleCount > 0
    add(
      "train_loss", "Mean training loss of the epoch so far, in nats.",
      isWithin ? position.total.loss / count : last?.training.loss)
    add(
      "train_accuracy_ratio", "Training accuracy of the epoch so far, from 0 to 1.",
      isWithin ? Double(position.total.correct) / count : last?.training.accuracy)
    add(
      "samples_per_second", "Training samples per second in the epoch so far.",
      isWithin ? count / position.trainingSeconds : last?.samplesPerSecond)
  }

  private mutating func addEvaluation(_ last: EpochRecord?) {
    add(
      "validation_loss", "Loss on the validation samples after the last epoch, in nats.",
      last?.validation?.loss)
    add(
      "validation_accuracy_ratio",
      "Accuracy on the validation samples after the last epoch, from 0 to 1.",
      last?.validation?.accuracy)
    add("test_loss", "Loss on the test set after the last epoch, in nats.", last?.test.loss)
    add(
      "test_accuracy_ratio", "Accuracy on the test set after the last epoch, from 0 to 1.",
      last?.test.accuracy)
  }

  private mutating func add(_ name: String, _ help: String, _ value: Double?) {
    guard let value else { return }
    add(name, help, [([], value)])
  }

  /// Adds a metric; one whose name ends in `_total` is a counter.
  private mutating func add(
    _ name: String, _ help: String,
    _ samples: [(labels: [(name: String, value: String)], value: Double)]
  ) {
    metrics.append(
      PrometheusMetric(
        name: "trainer_" + name, kind: name.hasSuffix("_total") ? .counter : .gauge, help: help,
        samples: samples.map { sample in
          PrometheusMetric.Sample(
            labels: sample.labels.map { .init(name: $0.name, value: $0.value) } + [run],
            value: sample.value)
        }))
  }
}
