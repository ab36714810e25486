/// Predictions of the cost model from one series.
struct SeriesPredictor: Sendable {
  typealias Prediction = ScalingSimulation.Prediction

  let series: ScalingSeries
  let mode: ScalingMode
  let model: CostModel
  let link: NetworkLink?
  let doubts: PredictionDoubts
  /// The reasons to doubt them from errors at the series' measured points.
  let missed: [String]

  /// The prediction with the series' shard size, and the one with the best other size if that is
  /// faster.
  func predictions(for target: ScalingSimulation.Target) -> [Prediction] {
    func prediction(shardSize: Int) -> Prediction {
      self.prediction(machines: target.machines, cores: target.cores, shardSize: shardSize)
    }
    let measured = prediction(shardSize: series.shardSize)
    let others = model.shardSizes.filter { $0 != series.shardSize && $0 <= measured.batchSize }
      .map(prediction)
    guard let best = others.max(by: { $0.samplesPerSecond < $1.samplesPerSecond }),
      best.samplesPerSecond > measured.samplesPerSecond
    else { return [measured] }
    return [measured, best]
  }

  /// Predictions for powers of two of cores below the target's, except for requested and measured
  /// counts.
  func between(_ asked: [Prediction]) -> [Prediction] {
    let lines = Dictionary(grouping: asked) { [$0.machines, $0.shardSize] }
    return lines.sorted { $0.key.lexicographicallyPrecedes($1.key) }.flatMap { key, asked in
      let (machines, shardSize) = (key[0], key[1])
      var known = Set(asked.map(\.cores))
      if machines == 1, shardSize == series.shardSize {
        known.formUnion(series.points.map(\.configuration.workers))
      }
      let most = asked.map(\.cores).max() ?? 1
      return sequence(first: 1) { 2 * $0 }.prefix { $0 < most }.filter { !known.contains($0) }
        .map { prediction(machines: machines, cores: $0, shardSize: shardSize) }
    }
  }

  private func prediction(machines: Int, cores: Int, shardSize: Int) -> Prediction {
    let batchSize = mode == .strong ? series.batchSize : series.batchSize * machines * cores
    let step = model.step(
      CostModel.Target(
        machines: machines, workers: cores, cores: cores, batchSize: batchSize,
        shardSize: shardSize), link: link)
    return Prediction(
      machines: machines, cores: cores, batchSize: batchSize, shardSize: shardSize,
      samplesPerSecond: Double(batchSize) / step.values.reduce(0, +),
      seconds: Dictionary(uniqueKeysWithValues: step.map { ($0.key.rawValue, $0.value) }),
      doubts: doubts.reasons(workers: cores, missed: missed))
  }
}
