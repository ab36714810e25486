import Training

extension ScalingSeries {
  /// Groups measurements into series, in the order of their batch and shard sizes.
  ///
  /// - Parameters:
  ///   - measurements: The measurements of each configuration, in the order of the rounds; equally
  ///     many for all.
  ///   - mode: Whether batches grow with the workers.
  ///   - usableCount: The number of CPUs that the process may use.
  ///   - coreCount: The number of physical cores among them.
  /// - Returns: The series.
  static func series(
    of measurements: [MeasuredConfiguration: [TrainingMeasurement]], mode: ScalingMode,
    usableCount: Int,
    coreCount: Int
  ) -> [ScalingSeries] {
    let groups = Dictionary(grouping: measurements.keys) { configuration in
      [
        mode == .weak ? configuration.batchSize / configuration.workers : configuration.batchSize,
        configuration.shardSize,
      ]
    }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, configurations in
      let sorted = configurations.sorted {
        ($0.workers, $0.ranks) < ($1.workers, $1.ranks)
      }
      let base = measurements[sorted[0]] ?? []
      var series = ScalingSeries(
        batchSize: key[0], shardSize: key[1],
        points: sorted.map { configuration in
          ScalingPoint(
            measurements[configuration] ?? [], base: base, mode: mode, usableCount: usableCount,
            coreCount: coreCount)
        })
      series.fit(mode: mode)
      return series
    }
  }

  /// Fits the laws to the points with at least one core per worker.
  private mutating func fit(mode: ScalingMode) {
    let fair = points.filter { !$0.isOversubscribed && !$0.sharesCores }
    let rates = Dictionary(
      fair.map { ($0.configuration.workers, $0.samplesPerSecond.median) },
      uniquingKeysWith: max)
    universal = UniversalScalabilityFit(rates: rates)
    // Its one parameter is meaningful only relative to one worker, and for a constant amount of
    // work.
    if mode == .strong, let single = rates[1] {
      amdahl = AmdahlFit(speedups: rates.mapValues { $0 / single })
    }
  }
}

extension ScalingPoint {
  /// Combines the measurements of one configuration.
  ///
  /// - Parameters:
  ///   - measurements: The measurements, in the order of the rounds, at least one.
  ///   - base: The measurements of the series' first point in the same rounds.
  ///   - mode: Whether batches grow with the workers.
  ///   - usableCount: The number of CPUs that the process may use.
  ///   - coreCount: The number of physical cores among them.
  init(
    _ measurements: [TrainingMeasurement], base: [TrainingMeasurement], mode: ScalingMode,
    usableCount: Int,
    coreCount: Int
  ) {
    configuration = measurements[0].configuration
    let workers = configuration.workers
    let baseWorkers = base[0].configuration.workers
    isOversubscribed = workers > usableCount
    sharesCores = !isOversubscribed && workers > coreCount
    let rates = measurements.map(\.samplesPerSecond)
    samplesPerSecond = Bootstrap.median(rates)
    let speedup =
      measurements[0].configuration == base[0].configuration
      ? Estimate(median: 1) : Bootstrap.pairedRatio(rates, base.map(\.samplesPerSecond))
    self.speedup = speedup
    efficiency = speedup.scaled(by: Double(baseWorkers) / Double(workers))
    serialFraction =
      mode == .strong && baseWorkers == 1 && workers > 1
      ? KarpFlatt.serialFraction(speedup: speedup, workers: workers) : nil
    let shares = measurements.compactMap(\.peakShare)
    peakShare = shares.isEmpty ? nil : Bootstrap.median(shares)
    stages = StageTimes(mean: measurements.map(\.stages))
    digest = measurements[0].digest
    self.measurements = measurements
  }
}

extension Estimate {
  /// The estimate in another unit.
  ///
  /// - Parameter factor: The factor, above 0.
  /// - Returns: The median and the interval, multiplied by the factor.
  func scaled(by factor: Double) -> Estimate {
    Estimate(median: median * factor, low: low.map { $0 * factor }, high: high.map { $0 * factor })
  }
}

extension StageTimes {
  /// The mean of several times by stage.
  ///
  /// - Parameter times: The times, at least one.
  init(mean times: [StageTimes]) {
    self.init(
      steps: times.reduce(0) { $0 + $1.steps },
      seconds: Dictionary(
        uniqueKeysWithValues: StageKind.allCases.map { kind in
          (kind, times.reduce(0) { $0 + ($1.seconds[kind] ?? 0) } / Double(times.count))
        }))
  }
}
