/// Makes sure that the figures of a result that was read can be counted and divided with.
struct ScalingResultCheck {
  /// The file that messages name.
  let file: String

  /// More workers, rows or repeats than this are a damaged file.
  private static let countLimit = 1_000_000_000

  /// Checks all that is computed with.
  ///
  /// - Parameter result: As decoded.
  /// - Throws: ``TrainerError`` that names the field, what was found and what was expected.
  func check(_ result: ScalingResult) throws {
    try count(result.plan.repeats, "plan.repeats")
    try count(result.dataset.rows, "dataset.rows")
    try count(result.dataset.columns, "dataset.columns")
    for (index, series) in result.series.enumerated() { try check(series, "series.\(index)") }
    guard let simulation = result.simulation else { return }
    for (index, validation) in simulation.validations.enumerated() {
      let place = "simulation.validations.\(index)"
      try check(validation.configuration, place + ".configuration")
      try positive(validation.measured, place + ".measured")
      try positive(validation.predicted, place + ".predicted")
    }
    for (index, prediction) in simulation.predictions.enumerated() {
      let place = "simulation.predictions.\(index)"
      try count(prediction.machines, place + ".machines")
      try count(prediction.cores, place + ".cores")
      try count(prediction.batchSize, place + ".batch_size")
      try count(prediction.shardSize, place + ".shard_size")
      try positive(prediction.samplesPerSecond, place + ".samples_per_second")
    }
  }

  private func check(_ series: ScalingSeries, _ place: String) throws {
    try count(series.batchSize, place + ".batch_size")
    try count(series.shardSize, place + ".shard_size")
    if series.points.isEmpty { throw wrong(place + ".points", "none", "at least one") }
    for (index, point) in series.points.enumerated() {
      try check(point, "\(place).points.\(index)")
    }
  }

  private func check(_ point: ScalingPoint, _ place: String) throws {
    try check(point.configuration, place + ".configuration")
    for (estimate, name) in [
      (point.samplesPerSecond, "samples_per_second"), (point.speedup, "speedup"),
      (point.efficiency, "efficiency"), (point.rooflineShare, "roofline_share"),
    ] {
      try positive(estimate.median, "\(place).\(name).median")
    }
    for (kind, seconds) in point.stages.seconds where seconds < 0 {
      throw wrong("\(place).stages.seconds.\(kind.rawValue)", "\(seconds)", "at least 0")
    }
    if point.measurements.isEmpty { throw wrong(place + ".measurements", "none", "at least one") }
    for (index, measurement) in point.measurements.enumerated() {
      let place = "\(place).measurements.\(index)"
      try check(measurement.configuration, place + ".configuration")
      try count(measurement.samples, place + ".samples")
      try positive(measurement.seconds, place + ".seconds")
    }
  }

  private func check(_ configuration: MeasuredConfiguration, _ place: String) throws {
    try count(configuration.ranks, place + ".ranks")
    try count(configuration.threads, place + ".threads")
    try count(configuration.batchSize, place + ".batch_size")
    try count(configuration.shardSize, place + ".shard_size")
  }

  private func count(_ value: Int, _ field: String) throws {
    guard (1...Self.countLimit).contains(value) else {
      throw wrong(field, "\(value)", "1 to \(Self.countLimit)")
    }
  }

  private func positive(_ value: Double, _ field: String) throws {
    guard value > 0 else { throw wrong(field, "\(value)", "a number above 0") }
  }

  private func wrong(_ field: String, _ found: String, _ expected: String) -> TrainerError {
    TrainerError(.badData, "\(file): field `\(field)`: found \(found), expected \(expected)")
  }
}
