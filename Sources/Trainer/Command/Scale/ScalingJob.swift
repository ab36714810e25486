import Foundation
import ImageData
import Machine
import Model
import Parallel
import Scaling
import Training

/// What `trainer scale` does where it measures.
struct ScalingJob {
  let options: ScaleCommand

  func run() throws {
    try Ranks.requireMPI()
    // Everything cheap is refused before anything is measured.
    let usable = UsableCPUs.current()
    let experiment = try options.experiment.experiment(cores: usable.count)
    let targets = try options.simulation.targets
    let link = try options.simulation.link
    let memory = try options.simulation.memoryBytesPerSecond
    let configuration = try trainingConfiguration()
    try check(experiment) { configuration, _ in try configuration.validate(sampleCount: nil) }
    if let output = options.output {
      try ScalingDirectory.prepare(path: output, overwrite: options.overwrite)
    }
    try options.blas.select(isQuiet: options.quiet)
    let dataset = try Dataset.load(from: try options.data.locate())
    let machine = Machine.current(usable: usable, blasCore: options.blas.name)
    try check(experiment) { configuration, ranks in
      try configuration.validate(sampleCount: dataset.training.count)
      try MemoryCheck.require(
        configuration, inputCount: dataset.training.pixelCount, classCount: dataset.classCount,
        machine: machine, rankCount: ranks)
    }
    let ground = ScalingGround(
      usable: usable, topology: .current(),
      coreWarning: BLASCoreSelection.current().warning(option: options.blas.name))
    let network = Network(
      configuration.architecture(
        inputCount: dataset.training.pixelCount, classCount: dataset.classCount), seed: 0)
    let settings = settings(of: configuration)
    let started = Date()
    let measurements = try measure(experiment, settings: settings)
    var result = ScalingResult(
      experiment, measurements: measurements,
      plan: ScalingPlan(
        experiment, length: try options.length.length, pin: options.pinning.pin,
        settings: settings),
      dataset: dataset, network: network, ground: ground, machine: machine,
      command: CommandLine.arguments, started: started)
    result.simulation = try simulation(
      of: result, network: network, optimizer: configuration.optimizer, targets: targets,
      link: link, memory: memory)
    try options.show(result)
  }

  private func trainingConfiguration() throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration(threads: 1)
    options.network.apply(to: &configuration)
    try options.optimizer.apply(to: &configuration)
    return configuration
  }

  /// Refuses now what a measurement would refuse later.
  private func check(
    _ experiment: ScalingExperiment,
    _ validate: (_ configuration: TrainingConfiguration, _ ranks: Int) throws -> Void
  ) throws {
    var configuration = try trainingConfiguration()
    for measured in experiment.configurations {
      try BatchOptions.check(batchSize: measured.batchSize, shardSize: measured.shardSize)
      _ = try options.length.plan(batchSize: measured.batchSize)
      configuration.threads = measured.threads
      configuration.batchSize = measured.batchSize
      configuration.shardSize = measured.shardSize
      try validate(configuration, measured.ranks)
    }
  }

  /// The settings that are the same for all configurations and that `trainer measure` knows.
  private func settings(of configuration: TrainingConfiguration) -> [Setting] {
    let others: Set = [
      "batch-size", "shard-size", "epochs", "validation", "lr-schedule", "warmup-steps",
    ]
    return configuration.settings.filter { !others.contains($0.name) }
  }

  private func measure(
    _ experiment: ScalingExperiment, settings: [Setting]
  ) throws -> [MeasuredConfiguration: [TrainingMeasurement]] {
    var arguments = settings.map(\.argument) + options.length.arguments
    arguments.append("--pin=\(options.pinning.pin.rawValue)")
    for (name, value) in [
      ("dataset", options.data.dataset), ("data", options.data.data),
      ("blas-core", options.blas.name),
    ] {
      if let value { arguments.append("--\(name)=\(value)") }
    }
    let process = MeasurementProcess(
      arguments: arguments, launcher: options.experiment.launcher)
    let progress = ExperimentProgress(experiment, isQuiet: options.quiet)
    defer { Console.eraseProgress() }
    return try experiment.run { configuration, number in
      progress.starts(configuration, number: number)
      let measurement = try process.measure(configuration)
      progress.ended(number: number)
      return measurement
    }
  }

  /// What the cost model says; of measured points alone where no other machine is asked about.
  private func simulation(
    of result: ScalingResult, network: Network, optimizer: Optimizer,
    targets: [ScalingSimulation.Target], link: NetworkLink?, memory: Double?
  ) throws -> ScalingSimulation? {
    let startsAtOne = result.series.allSatisfy { $0.points.first?.configuration.workers == 1 }
    if targets.isEmpty && !startsAtOne { return nil }
    var machine = try MachineConstants(
      series: result.series, cores: result.machine.cores,
      cacheBytes: result.topology.lastCacheBytes ?? 0)
    machine.givenMemoryBandwidth = memory
    let measured = Set(result.series.map(\.shardSize))
    let probe = try NetworkProbe.measure(
      network: network, optimizer: optimizer,
      shardSizes: measured.union(NetworkProbe.usualShardSizes).sorted())
    return try ScalingSimulation(
      series: result.series, mode: result.plan.mode, targets: targets, network: network,
      optimizer: optimizer.kind, probe: probe, machine: machine, link: link)
  }
}
