import Foundation
import Machine
import Model
import Parallel
import Training

extension ScalingPlan {
  /// Creates the plan of an experiment.
  ///
  /// - Parameters:
  ///   - experiment: The configurations and the number of rounds.
  ///   - length: The length of a measurement.
  ///   - pin: How workers are bound.
  ///   - settings: The settings that are equal for all configurations.
  package init(
    _ experiment: ScalingExperiment, length: MeasurementPlan.Length, pin: WorkerPlacement,
    settings: [Setting]
  ) {
    mode = experiment.mode
    repeats = experiment.repeats
    switch length {
    case .seconds(let seconds): self.seconds = seconds
    case .steps(let steps): self.steps = steps
    }
    self.pin = pin
    self.settings = Dictionary(
      settings.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }
}

extension ScalingResult {
  /// Combines the measurements of an experiment into a result.
  ///
  /// - Parameters:
  ///   - experiment: The configurations and the number of rounds.
  ///   - measurements: The measurements of each configuration, in the order of the rounds.
  ///   - plan: The plan of the experiment.
  ///   - dataset: The data set.
  ///   - network: The network.
  ///   - conditions: The conditions of the machine before the measurements.
  ///   - machine: The machine.
  ///   - command: The command line, as words.
  ///   - started: The time when the experiment began.
  package init(
    _ experiment: ScalingExperiment,
    measurements: [MeasuredConfiguration: [TrainingMeasurement]], plan: ScalingPlan,
    dataset: DatasetRecord, network: Network, conditions: MeasurementConditions, machine: Machine,
    command: [String], started: Date
  ) {
    created = started.formatted(.iso8601)
    self.command = command
    self.plan = plan
    self.dataset = dataset
    parameters = network.parameters.valueCount
    self.machine = machine
    topology = conditions.topology
    series = ScalingSeries.series(
      of: measurements, mode: plan.mode, usableCount: conditions.usable.count,
      coreCount: conditions.coreCount)
    findings =
      conditions.findings(
        before: experiment, pin: plan.pin, unitRows: LeafPlan.leafRows * network.unitLeaves)
      + conditions.findings(after: series)
  }
}
