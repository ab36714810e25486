import Foundation
import MNISTData
import Model
import Parallel
import Trainer

/// What `trainer scale` does where it measures.
struct ScalingJob {
  let options: ScaleCommand

  func run() throws {
    let usable = UsableCPUs.current()
    let mode = options.mode ?? .strong
    let experiment = try experiment(mode: mode, cores: usable.count)
    let configuration = try trainingConfiguration()
    for measured in experiment.configurations { try check(measured, configuration) }
    if let output = options.output {
      try ScalingDirectory.prepare(path: output, overwrite: options.overwrite)
    }
    try options.blas.select(isQuiet: options.quiet)
    let location = try options.data.locate()
    let dataset = try Dataset.load(from: location)
    let machine = Machine.current(usable: usable, blasCore: options.blas.name)
    for measured in experiment.configurations {
      try check(measured, configuration, dataset: dataset, machine: machine)
    }
    let ground = ScalingGround(
      usable: usable, topology: try .interim(),
      coreWarning: BLASCoreSelection.current().warning(option: options.blas.name))
    let before = ground.findings(before: experiment, pin: .none)
    let created = Date().formatted(.iso8601)
    let measurements = try measure(experiment, settings: settings(of: configuration))
    _ = (before, created, measurements, mode)
  }

  /// What is measured, in every round.
  private func experiment(mode: ScalingMode, cores: Int) throws -> ScalingExperiment {
    let threads = options.threads?.values ?? Self.defaultThreads(cores: cores)
    let most = threads.last ?? 1
    guard most <= WorkerTeam.maximumCount else {
      throw TrainerError(
        .usage, "--threads has \(most); it has to be from 1 to \(WorkerTeam.maximumCount)")
    }
    return try ScalingExperiment(
      mode: mode, threads: threads, batchSizes: options.batchSize?.values ?? [512],
      shardSizes: options.shardSize?.values ?? [64], repeats: options.repeats ?? 5)
  }

  /// Powers of two up to the CPUs, and the CPUs.
  static func defaultThreads(cores: Int) -> [Int] {
    let most = min(cores, WorkerTeam.maximumCount)
    var threads = Array(sequence(first: 1) { $0 * 2 }.prefix { $0 <= most })
    if threads.last != most { threads.append(most) }
    return threads
  }

  private func trainingConfiguration() throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration(threads: 1)
    options.network.apply(to: &configuration)
    try options.optimizer.apply(to: &configuration)
    return configuration
  }

  /// Refuses now what a measurement would refuse later.
  private func check(
    _ measured: MeasuredConfiguration, _ configuration: TrainingConfiguration,
    dataset: Dataset? = nil, machine: Machine? = nil
  ) throws {
    var configuration = configuration
    configuration.threads = measured.threads
    configuration.batchSize = measured.batchSize
    configuration.shardSize = measured.shardSize
    try BatchOptions.check(batchSize: measured.batchSize, shardSize: measured.shardSize)
    _ = try options.length.plan(batchSize: measured.batchSize)
    try configuration.validate(sampleCount: dataset?.training.count)
    if let dataset, let machine {
      try MemoryCheck.require(
        configuration, inputCount: dataset.training.pixelCount, classCount: dataset.classCount,
        machine: machine)
    }
  }

  /// The settings that are the same for all configurations.
  private func settings(of configuration: TrainingConfiguration) -> [Setting] {
    let varied: Set = ["batch-size", "shard-size"]
    let foreign: Set = ["epochs", "validation", "lr-schedule", "warmup-steps"]
    return configuration.settings.filter { !varied.union(foreign).contains($0.name) }
  }

  private func measure(
    _ experiment: ScalingExperiment, settings: [Setting]
  ) throws -> [MeasuredConfiguration: [TrainingMeasurement]] {
    var arguments = settings.map(\.argument) + options.length.arguments
    for (name, value) in [
      ("dataset", options.data.dataset), ("data", options.data.data),
      ("blas-core", options.blas.name),
    ] {
      if let value { arguments.append("--\(name)=\(value)") }
    }
    let process = MeasurementProcess(arguments: arguments)
    return try experiment.run { configuration, number in
      let measurement = try process.measure(configuration)
      Console.note(
        "\(number) of \(experiment.count): \(MeasurementProcess.text(configuration)): \(fixed(measurement.samplesPerSecond, 0)) samples/s"
      )
      return measurement
    }
  }
}
