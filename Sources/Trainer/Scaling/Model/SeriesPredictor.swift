import Training

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

  /// The prediction for some machines.
  func prediction(for target: ScalingSimulation.Target) -> Prediction {
    prediction(machines: target.machines, cores: target.cores)
  }

  /// Predictions for powers of two of cores below the target's, except for requested and measured
  /// counts.
  func between(_ asked: [Prediction]) -> [Prediction] {
    let lines = Dictionary(grouping: asked, by: \.machines)
    return lines.sorted { $0.key < $1.key }.flatMap { machines, asked in
      var known = Set(asked.map(\.cores))
      if machines == 1 {
        known.formUnion(series.points.map(\.configuration.workers))
      }
      let most = asked.map(\.cores).max() ?? 1
      return sequence(first: 1) { 2 * $0 }.prefix { $0 < most }.filter { !known.contains($0) }
        .map { prediction(machines: machines, cores: $0) }
    }
  }

  private func prediction(machines: Int, cores: Int) -> Prediction {
    let batchSize = mode == .strong ? series.batchSize : series.batchSize * machines * cores
    let step = model.step(
      CostModel.Target(
        machines: machines, workers: cores, cores: cores, batchSize: batchSize,
        shardSize: series.shardSize), link: link)
    return Prediction(
      machines: machines, cores: cores, batchSize: batchSize, shardSize: series.shardSize,
      samplesPerSecond: Double(batchSize) / step.sumInOrder,
      seconds: Dictionary(uniqueKeysWithValues: step.map { ($0.key.rawValue, $0.value) }),
      doubts: doubts.reasons(workers: cores, missed: missed))
  }
}
