import Training

extension ScalingSeries {
  /// Puts measurements together into series, in the order of their batch and shard sizes.
  ///
  /// - Parameters:
  ///   - measurements: Of each configuration, round by round: as many of all.
  ///   - mode: Whether batches grow with the workers.
  ///   - usableCount: The CPUs that the process may use.
  ///   - coreCount: The physical cores among them.
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

  /// Fits the laws to the points whose workers have a core each.
  private mutating func fit(mode: ScalingMode) {
    let fair = points.filter { !$0.isOversubscribed && !$0.sharesCores }
    let rates = Dictionary(
      fair.map { ($0.configuration.workers, $0.samplesPerSecond.median) },
      uniquingKeysWith: max)
    universal = UniversalScalabilityFit(rates: rates)
    // Its one parameter means something over one worker only, and for one amount of work.
    if mode == .strong, let single = rates[1] {
      amdahl = AmdahlFit(speedups: rates.mapValues { $0 / single })
    }
  }
}

extension ScalingPoint {
  /// Puts the measurements of one configuration together.
  ///
  /// - Parameters:
  ///   - measurements: Its measurements, round by round, at least one.
  ///   - base: Those of the series' first point, of the same rounds.
  ///   - mode: Whether batches grow with the workers.
  ///   - usableCount: The CPUs that the process may use.
  ///   - coreCount: The physical cores among them.
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
    rooflineShare = Bootstrap.median(measurements.map(\.rooflineShare))
    stages = StageTimes(mean: measurements.map(\.stages))
    digest = measurements[0].digest
    self.measurements = measurements
  }
}

extension Estimate {
  /// The same figure in another unit.
  ///
  /// - Parameter factor: Above 0.
  /// - Returns: Median and interval times the factor.
  func scaled(by factor: Double) -> Estimate {
    Estimate(median: median * factor, low: low.map { $0 * factor }, high: high.map { $0 * factor })
  }
}

extension StageTimes {
  /// The mean of several.
  ///
  /// - Parameter times: At least one.
  init(mean times: [StageTimes]) {
    self.init(
      steps: times.reduce(0) { $0 + $1.steps },
      seconds: Dictionary(
        uniqueKeysWithValues: StageKind.allCases.map { kind in
          (kind, times.reduce(0) { $0 + ($1.seconds[kind] ?? 0) } / Double(times.count))
        }))
  }
}
