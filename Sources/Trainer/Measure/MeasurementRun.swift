import MNISTData
import Model
import Parallel

/// Measures training as users have it: the same run, watched.
public enum MeasurementRun {
  /// Trains for a while and says how fast that was.
  ///
  /// - Parameters:
  ///   - configuration: The settings; how long the run is does not matter.
  ///   - dataset: The data.
  ///   - usable: The CPUs that this process may use.
  ///   - machine: The machine.
  ///   - pin: Where workers are bound.
  ///   - plan: How long to measure.
  /// - Returns: The figures.
  /// - Throws: ``TrainerError`` where the settings do not fit each other or the data, training
  ///   diverges, or workers cannot be bound.
  public static func measure(
    configuration: TrainingConfiguration, dataset: Dataset, usable: UsableCPUs,
    machine: Machine, pin: WorkerPlacement, plan: MeasurementPlan
  ) throws -> TrainingMeasurement {
    var configuration = configuration
    configuration.epochs = Int(Int32.max)
    configuration.stepLimit = nil
    let run = try TrainingRun(
      configuration: configuration, dataset: dataset, coreCount: usable.count, pin: pin,
      profile: .totals)
    // Products before and after the steps: clocks may have changed meanwhile.
    var probe = MachineProbe.measure(
      team: run.team, machine: machine, cacheBytes: LastLevelCache.bytes())
    let observer = MeasurementObserver(
      plan: plan, cpus: usable.cpus, quotaSource: usable.quotaSource)
    try run.train(observers: [observer])
    let after = GEMMProbe(team: run.team).measure().gigaflops
    probe.gemmGigaflops = (probe.gemmGigaflops + after) / 2
    let figures = observer.figures
    guard let profile = run.profile, let interference = figures.interference else {
      preconditionFailure("a measurement ends when all is measured")
    }
    return TrainingMeasurement(
      configuration: MeasuredConfiguration(
        threads: configuration.threads, batchSize: configuration.batchSize,
        shardSize: configuration.shardSize),
      pin: pin, warmUpSteps: plan.warmUpSteps, steps: figures.steps, samples: figures.samples,
      seconds: figures.seconds, digestStep: plan.digestStep, digest: figures.digest,
      flopsPerSample: run.state.network.trainingFlopsPerSample,
      stages: StageTimes(
        steps: figures.profiledSteps,
        seconds: profile.secondsByKind.mapValues { $0 / Double(figures.profiledSteps) }),
      probe: probe, interference: interference)
  }
}
