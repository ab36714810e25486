import Model
import Parallel
import Training

extension ScalingSimulation {
  /// A machine, or several alike, that is asked about.
  package struct Target: Sendable, Equatable {
    /// Machines.
    package let machines: Int
    /// Cores of each, a worker thread on each.
    package let cores: Int

    /// The most machines.
    package static let maximumMachines = 4_096

    /// Describes machines.
    ///
    /// - Parameters:
    ///   - machines: How many.
    ///   - cores: Cores of each.
    /// - Throws: ``TrainerError`` where there are none, or more than a trainer could use.
    package init(machines: Int = 1, cores: Int) throws {
      guard (1...WorkerTeam.maximumCount).contains(cores) else {
        throw TrainerError(
          .usage,
          "--simulate asks for \(cores) cores; a machine has from 1 to \(WorkerTeam.maximumCount), "
            + "the most workers of a process")
      }
      guard (1...Self.maximumMachines).contains(machines) else {
        throw TrainerError(
          .usage,
          "--simulate asks for \(machines) machines; there can be from 1 to \(Self.maximumMachines)"
        )
      }
      self.machines = machines
      self.cores = cores
    }
  }

  /// Applies the cost model to every series of an experiment.
  ///
  /// Every measured point but the series' first is predicted from that first one. For each target there
  /// is a prediction with the series' shard size, and a second one where another probed shard size does
  /// better there. Smaller machines on the way are predicted for charts. What speaks against believing a
  /// prediction stands with it.
  ///
  /// - Parameters:
  ///   - series: The experiment; each series begins with one worker.
  ///   - mode: Whether the batch grows with the workers.
  ///   - targets: The machines asked about.
  ///   - network: The network.
  ///   - optimizer: The update rule.
  ///   - probe: The network's products by shard size.
  ///   - machine: The machine's probes, with the memory bandwidth of the machines asked about where
  ///     that is given.
  ///   - link: What joins machines; needed where a target has several.
  /// - Throws: ``TrainerError`` where a series does not begin with one worker, the link is missing, or
  ///   more cores are asked about than one and a barrier of two was never measured.
  package init(
    series: [ScalingSeries], mode: ScalingMode, targets: [Target], network: Network,
    optimizer: OptimizerKind, probe: NetworkProbe, machine: MachineConstants, link: NetworkLink?
  ) throws {
    try Self.check(targets, machine: machine, link: link)
    let shape = StepShape(network: network, optimizer: optimizer)
    // What is given is of the machines asked about, not of the one that was measured.
    var here = machine
    here.givenMemoryBandwidth = nil
    let doubts = PredictionDoubts(series: series, machine: machine)
    var validations: [Validation] = []
    var predictions: [Prediction] = []
    var between: [Prediction] = []
    for series in series {
      guard let first = series.points.first else { continue }
      let model = try CostModel(point: first, shape: shape, network: probe, machine: here)
      let checks = series.points.dropFirst().filter { $0.configuration.ranks == 1 }.map {
        Self.validation(of: $0, by: model, cores: machine.cores, doubts: doubts)
      }
      let predictor = SeriesPredictor(
        series: series, mode: mode,
        model: try CostModel(point: first, shape: shape, network: probe, machine: machine),
        link: link, doubts: doubts, missed: doubts.reasons(checks))
      let asked = targets.flatMap(predictor.predictions)
      validations += checks
      predictions += asked
      between += predictor.between(asked)
    }
    self.init(
      validations: validations, predictions: predictions,
      between: between.isEmpty ? nil : between, machine: machine, network: probe, link: link)
  }

  private static func check(
    _ targets: [Target], machine: MachineConstants, link: NetworkLink?
  ) throws {
    if let target = targets.first(where: { $0.machines > 1 }), link == nil {
      throw TrainerError(
        .usage,
        "--simulate asks for \(target.machines) machines; --link-bandwidth and --link-latency have "
          + "to say what joins them")
    }
    if let target = targets.first(where: { $0.cores > 1 }), machine.ownCoreCounts.count < 2 {
      throw TrainerError(
        .usage,
        "--simulate asks for \(target.cores) cores, but no two workers were measured on a core each; "
          + "--threads needs another count up to \(machine.cores), the usable cores")
    }
  }

  private static func validation(
    of point: ScalingPoint, by model: CostModel, cores: Int, doubts: PredictionDoubts
  ) -> Validation {
    let configuration = point.configuration
    let step = model.step(
      CostModel.Target(
        workers: configuration.threads, cores: cores, batchSize: configuration.batchSize,
        shardSize: configuration.shardSize), link: nil)
    return Validation(
      configuration: configuration, measured: point.samplesPerSecond.median,
      predicted: Double(configuration.batchSize) / step.values.reduce(0, +),
      doubts: doubts.reasons(workers: configuration.threads))
  }
}
