import ImageData
import Machine
import Model
import Parallel
import Training

/// Measures training in the way users run it.
package enum MeasurementRun {
  /// Trains for a while and measures the speed; collective if there are several ranks.
  ///
  /// - Parameters:
  ///   - configuration: The settings; the length of the run is ignored.
  ///   - dataset: The data set.
  ///   - usable: The CPUs that this process may use.
  ///   - machine: The machine.
  ///   - pin: How workers are bound to CPUs.
  ///   - plan: The length of the measurement.
  ///   - communicator: The ranks to measure together.
  ///   - coreCount: The number of cores that only this process uses.
  /// - Returns: The measurement of all ranks together, by rank 0's clock.
  /// - Throws: ``TrainerError`` if the settings contradict each other or the data, if training
  ///   diverges, or if workers cannot be bound.
  package static func measure(
    configuration: TrainingConfiguration, dataset: Dataset, usable: UsableCPUs,
    machine: Machine, pin: WorkerPlacement, plan: MeasurementPlan,
    communicator: any Communicator = SingleProcess(), coreCount: Int? = nil
  ) throws -> TrainingMeasurement {
    var configuration = configuration
    configuration.epochs = Int(Int32.max)
    configuration.stepLimit = nil
    let coreCount = coreCount ?? usable.count
    let local = LocalRanks(communicator, machine: machine, cpus: usable.cpus)
    let times = local.times(quotaSource: usable.quotaSource)
    let sharing = try SharingProbe.measure(
      workers: configuration.threads, coreCount: coreCount, pin: pin,
      isAlone: communicator.size == 1)
    let run = try TrainingRun(
      configuration: configuration, dataset: dataset, coreCount: coreCount, pin: pin,
      profile: .totals, communicator: communicator)
    communicator.meet()
    // The peak is measured before and after the steps, since clock frequencies may change in
    // between. The ranks of a machine share its caches.
    var probe = MachineProbe.measure(
      team: run.team, machine: machine,
      cacheBytes: CPUTopology.current(usable: usable.cpus).lastCacheBytes.map { $0 / local.count },
      usedBytes: local.count * dataset.byteCount, sharing: sharing)
    let probeInterference = local.times(quotaSource: usable.quotaSource).interference(since: times)
    let observer = MeasurementObserver(plan: plan) {
      local.times(quotaSource: usable.quotaSource)
    }
    try run.train(observers: [observer])
    communicator.meet()
    let after = FMAPeak.measure(team: run.team).gigaflops
    probe.peakGigaflops = probe.peakGigaflops.map { communicator.sum(($0 + after) / 2) }
    probe.memoryBandwidth = communicator.sum(probe.memoryBandwidth)
    let figures = observer.figures
    guard let profile = run.profile, let interference = figures.interference else {
      preconditionFailure("a measurement ends when all is measured")
    }
    let stageSeconds = profile.secondsByKind
    return TrainingMeasurement(
      configuration: MeasuredConfiguration(
        ranks: communicator.size, threads: configuration.threads,
        batchSize: configuration.batchSize,
        shardSize: configuration.shardSize.rows(for: run.state.network)),
      pin: pin, warmUpSteps: plan.warmUpSteps, steps: figures.steps, samples: figures.samples,
      seconds: figures.seconds, digestStep: plan.digestStep, digest: figures.digest,
      flopsPerSample: run.state.network.trainingFlopsPerSample,
      stages: StageTimes(
        steps: figures.profiledSteps,
        seconds: Dictionary(
          uniqueKeysWithValues: StageKind.allCases.map { kind in
            let seconds = communicator.sum(stageSeconds[kind, default: 0])
            return (kind, seconds / Double(figures.profiledSteps))
          })),
      probe: probe, probeInterference: probeInterference, interference: interference)
  }
}
