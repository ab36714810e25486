import Files
import Model
import Parallel
import Training

extension ScalingSimulation {
  /// A machine, or several equal machines, to predict for.
  package struct Target: Sendable, Equatable {
    /// The number of machines.
    package let machines: Int
    /// The number of cores per machine, with one worker thread each.
    package let cores: Int

    /// The largest number of machines.
    package static let maximumMachines = 4_096

    /// Creates a target.
    ///
    /// - Parameters:
    ///   - machines: The number of machines.
    ///   - cores: The number of cores per machine.
    /// - Throws: ``TrainerError`` if a number is below 1 or too large.
    package init(machines: Int = 1, cores: Int) throws {
      guard (1...WorkerTeam.maximumCount).contains(cores) else {
        throw TrainerError(
          .usage,
          "\(setting: "simulate") asks for \(cores) cores; a machine can have 1 to "
            + "\(WorkerTeam.maximumCount), the largest number of workers in a process")
      }
      guard (1...Self.maximumMachines).contains(machines) else {
        throw TrainerError(
          .usage,
          "\(setting: "simulate") asks for \(machines) machines; there can be 1 to "
            + "\(Self.maximumMachines)"
        )
      }
      self.machines = machines
      self.cores = cores
    }
  }

  /// Applies the cost model to every series of an experiment.
  ///
  /// Every measured point except the first of its series is predicted from the first one. Smaller
  /// machines are predicted too, for curves in charts. Each prediction lists the reasons to doubt
  /// it.
  ///
  /// - Parameters:
  ///   - series: The series of the experiment; each begins with one worker.
  ///   - mode: Whether the batch grows with the workers.
  ///   - targets: The machines to predict for.
  ///   - network: The network.
  ///   - optimizer: The update rule.
  ///   - probe: The times of the network's products by shard size.
  ///   - machine: The constants of the machine, with the memory bandwidth of the targets if it is
  ///     given.
  ///   - link: The link between machines; required if a target has several.
  /// - Throws: ``TrainerError`` if a series does not begin with one worker, if the link is missing,
  ///   if several cores are requested but no barrier of two workers was measured, or if the
  ///   measurements give no finite prediction.
  package init(
    series: [ScalingSeries], mode: ScalingMode, targets: [Target], network: Network,
    optimizer: OptimizerKind, probe: NetworkProbe, machine: MachineConstants, link: NetworkLink?
  ) throws {
    try Self.check(targets, machine: machine, link: link)
    let shape = StepShape(network: network, optimizer: optimizer)
    // A given bandwidth is that of the targets, not of the measured machine.
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
      let asked = targets.map(predictor.prediction)
      validations += checks
      predictions += asked
      between += predictor.between(asked)
    }
    try Self.checkFinite(validations: validations, predictions: predictions + between)
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
        "\(setting: "simulate") asks for \(target.machines) machines; "
          + "\(setting: "link-bandwidth") and \(setting: "link-latency") must describe the link "
          + "between them")
    }
    if let target = targets.first(where: { $0.cores > 1 }), machine.ownCoreCounts.count < 2 {
      throw TrainerError(
        .usage,
        "\(setting: "simulate") asks for \(target.cores) cores, but no two workers were measured "
          + "on a core each; \(setting: "threads") needs another count up to \(machine.cores), "
          + "the usable cores")
    }
  }

  /// Numbers that are valid alone, but contradict each other, may give an infinite result.
  private static func checkFinite(
    validations: [Validation], predictions: [Prediction]
  ) throws {
    func failure(_ target: String, _ rate: Double) -> TrainerError {
      TrainerError(
        .badData,
        "the measurements give no finite prediction for \(target): found \(rate) samples/s, "
          + "expected a finite number above 0")
    }
    for validation in validations where !(validation.predicted > 0 && validation.error.isFinite) {
      throw failure(validation.configuration.words, validation.predicted)
    }
    for prediction in predictions {
      let rate = prediction.samplesPerSecond
      guard rate > 0, rate.isFinite, prediction.seconds.values.allSatisfy(\.isFinite) else {
        throw failure(
          "\(counted(prediction.machines, "machine")) of \(counted(prediction.cores, "core"))",
          rate)
      }
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
      predicted: Double(configuration.batchSize) / step.sumInOrder,
      doubts: doubts.reasons(workers: configuration.threads))
  }
}
