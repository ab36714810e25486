import Files
import Foundation
import ImageData
import Machine
import Model
import Parallel
import Scaling
import Training

/// Performs `trainer scale` with new measurements.
struct ScalingJob {
  let options: ScaleCommand

  func run() throws {
    try MPIProcess.requireMPI()
    // Everything that is quick to check is checked before the measurements.
    let usable = UsableCPUs.current()
    var experiment = try options.experiment.experiment(cores: usable.count)
    let targets = try options.simulation.targets
    let link = try options.simulation.link
    let memory = try options.simulation.memoryBytesPerSecond
    try requireMeasurements(for: targets, in: experiment, cores: usable.count)
    let configuration = try trainingConfiguration()
    try check(experiment) { configuration, _ in try configuration.validate(sampleCount: nil) }
    if let output = options.output {
      try OutputPath(option: "--output", path: output).requireNoDataset()
      try ScalingDirectory.check(path: output, overwrite: options.overwrite)
    }
    try options.kernels.select(configuration.engine, isQuiet: options.quiet)
    let (dataset, dataBytes) = try describedData()
    let machine = options.kernels.machine(configuration.engine, usable: usable)
    let sampleCount = dataset.training
    let batchSize = options.experiment.fittedBatchSize(
      experiment, configuration, sampleCount: sampleCount)
    if let size = batchSize {
      experiment = try options.experiment.experiment(cores: usable.count, usualBatchSize: size)
      if !options.quiet {
        let share = experiment.mode == .weak ? " per worker" : ""
        Console.note(
          "The batch size is \(size)\(share), to fit the \(sampleCount) training samples; "
            + "choose another with --batch-size")
      }
    }
    let mode = experiment.mode
    let architecture = try configuration.architecture(
      input: dataset.imageSize.shape, classCount: dataset.classes)
    try check(experiment) { configuration, ranks in
      if mode == .weak {
        try requireGrownBatch(
          configuration, workers: ranks * configuration.threads, sampleCount: sampleCount)
      }
      try configuration.validate(sampleCount: sampleCount)
      try MemoryCheck(
        training: configuration, architecture, dataBytes: dataBytes, rankCount: ranks
      ).require(of: machine)
    }
    let conditions = MeasurementConditions(
      usable: usable, topology: .current(),
      coreWarning: configuration.engine == .openblas
        ? BLASCoreSelection.current().warning(option: options.kernels.blas.name) : nil,
      spelling: Message.option)
    let network = Network(architecture, seed: 0, engine: configuration.engine)
    experiment = try options.experiment.experiment(
      cores: usable.count, usualBatchSize: batchSize ?? configuration.batchSize, network: network)
    let settings = settings(of: configuration)
    let started = Date()
    let folders = try options.output.map {
      try ScalingDirectory.make(path: $0, overwrite: options.overwrite)
    }
    // Without a result, no empty directory stays.
    defer { folders?.removeIfEmpty() }
    let measurements = try measure(experiment, settings: settings)
    var result = ScalingResult(
      experiment, measurements: measurements,
      plan: ScalingPlan(
        experiment, length: try options.length.length, pin: options.pinning.pin,
        settings: settings),
      dataset: dataset, network: network, conditions: conditions, machine: machine,
      command: CommandLine.arguments, started: started)
    // Measurements are written even if the predictions fail.
    if let output = options.output { try ScalingDirectory.write(result, path: output) }
    result.simulation = try simulation(
      of: result, network: network, optimizer: configuration.optimizer, targets: targets,
      link: link, memory: memory)
    try options.show(result)
  }

  /// Loads the data set, and keeps only what describes it: each measurement loads the data again,
  /// and the memory may not hold them twice.
  private func describedData() throws -> (record: DatasetRecord, byteCount: Int) {
    let dataset = try Dataset.load(from: try options.data.locate())
    return (DatasetRecord(dataset), dataset.byteCount)
  }

  /// Throws an error if the requested machines cannot be predicted from the planned measurements.
  private func requireMeasurements(
    for targets: [ScalingSimulation.Target], in experiment: ScalingExperiment, cores: Int
  ) throws {
    if targets.isEmpty { return }
    for (option, counts) in [
      ("--threads", experiment.configurations.map(\.threads)),
      ("--ranks", experiment.configurations.map(\.ranks)),
    ] where !counts.contains(1) {
      let found = Set(counts).sorted().map(String.init).joined(separator: ",")
      throw TrainerError(
        .usage,
        "--simulate starts from measurements of 1 worker; \(option) is \(found), and has to "
          + "include 1")
    }
    guard let target = targets.first(where: { $0.cores > 1 }),
      !experiment.configurations.contains(where: {
        $0.ranks == 1 && (2...max(2, cores)).contains($0.threads)
      })
    else { return }
    throw TrainerError(
      .usage,
      "--simulate asks for \(target.cores) cores, which needs a measurement of at least 2 workers, "
        + "each on its own core; "
        + (cores > 1
          ? "--threads must include \(cores > 2 ? "a number from 2 to \(cores)" : "2"), the number "
            + "of usable cores"
          : "this process may use only 1 core"))
  }

  private func trainingConfiguration() throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration(threads: 1)
    if let engine = options.kernels.engine { configuration.engine = engine }
    configuration.model = try options.model.modelDescription()
    try options.network.apply(to: &configuration)
    try options.optimizer.apply(to: &configuration)
    return configuration
  }

  /// Checks before measuring what a measurement would check later.
  private func check(
    _ experiment: ScalingExperiment,
    _ validate: (_ configuration: TrainingConfiguration, _ ranks: Int) throws -> Void
  ) throws {
    var configuration = try trainingConfiguration()
    for measured in experiment.configurations {
      configuration.threads = measured.threads
      configuration.batchSize = measured.batchSize
      configuration.shardSize = .rows(measured.shardSize)
      try validate(configuration, measured.ranks)
      _ = try options.length.plan(batchSize: measured.batchSize)
    }
  }

  /// Throws an error, with the given numbers, if a batch does not fit the data.
  private func requireGrownBatch(
    _ configuration: TrainingConfiguration, workers: Int, sampleCount: Int
  ) throws {
    let rows = configuration.batchSize
    guard workers > 1,
      configuration.largestBatch(upTo: rows, sampleCount: sampleCount) != rows
    else { return }
    let product = "--batch-size \(rows / workers) times \(workers) workers is \(rows)"
    throw TrainerError(
      .usage,
      rows > sampleCount
        ? "\(product); with --mode weak it must be at most \(sampleCount), the number of training "
          + "samples"
        : "\(product), which leaves a batch of 1 sample of \(sampleCount); batch normalization "
          + "needs at least 2; use another --batch-size or a model without bn")
  }

  /// The settings that are equal for all configurations and that `trainer measure` accepts.
  private func settings(of configuration: TrainingConfiguration) -> [Setting] {
    let accepted = Set(CommandPath.optionNames(of: MeasureCommand.self))
      .subtracting(["--batch-size", "--shard-size"])
    return configuration.settings.filter { accepted.contains("--\($0.name)") }
  }

  private func measure(
    _ experiment: ScalingExperiment, settings: [Setting]
  ) throws -> [MeasuredConfiguration: [TrainingMeasurement]] {
    var arguments = settings.map(\.argument) + options.length.arguments
    arguments.append("--pin=\(options.pinning.pin.rawValue)")
    arguments.append("--isa=\(options.kernels.isa.rawValue)")
    for (name, value) in [
      ("dataset", options.data.dataset), ("data", options.data.data),
      ("blas-core", options.kernels.blas.name),
    ] {
      if let value { arguments.append("--\(name)=\(value)") }
    }
    let process = MeasurementProcess(
      arguments: arguments, launcher: options.experiment.launcher)
    let progress = ExperimentProgress(experiment, isQuiet: options.quiet)
    defer { Console.eraseProgress() }
    // A signal to this process alone would leave a measurement running.
    StopSignals.catchAll(endsHangs: false, includesHangup: true)
    defer { StopSignals.release() }
    return try experiment.run { configuration, number in
      progress.starts(configuration, number: number)
      let result = Result { try process.measure(configuration) }
      if let signal = StopSignals.caught {
        throw InterruptedWork(
          after: "\(number - 1) of \(counted(experiment.count, "measurement"))",
          result: "no result was written", signal: signal)
      }
      let measurement = try result.get()
      progress.ended(number: number)
      return measurement
    }
  }

  /// The predictions of the cost model; only for measured points if no other machine is requested.
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
