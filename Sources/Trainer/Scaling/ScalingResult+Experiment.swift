import Foundation
import ImageData
import Machine
import Model
import Parallel
import Training

extension ScalingPlan {
  /// Describes how an experiment is made.
  ///
  /// - Parameters:
  ///   - experiment: What is measured.
  ///   - length: How long a measurement is.
  ///   - pin: Where workers are bound.
  ///   - settings: The settings that are the same for all configurations.
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
  /// Puts together what came out of an experiment.
  ///
  /// - Parameters:
  ///   - experiment: What was measured.
  ///   - measurements: Of each configuration, round by round.
  ///   - plan: How.
  ///   - dataset: The data.
  ///   - network: The network.
  ///   - ground: The machine, as it was before.
  ///   - machine: The machine.
  ///   - command: The command line.
  ///   - started: When it began.
  package init(
    _ experiment: ScalingExperiment,
    measurements: [MeasuredConfiguration: [TrainingMeasurement]], plan: ScalingPlan,
    dataset: Dataset, network: Network, ground: ScalingGround, machine: Machine,
    command: [String], started: Date
  ) {
    created = started.formatted(.iso8601)
    self.command = command
    self.plan = plan
    self.dataset = DatasetRecord(dataset)
    parameters = network.parameters.valueCount
    self.machine = machine
    topology = ground.topology
    series = ScalingSeries.series(
      of: measurements, mode: plan.mode, usableCount: ground.usable.count,
      coreCount: ground.coreCount)
    findings =
      ground.findings(before: experiment, pin: plan.pin) + ground.findings(after: series)
  }
}
