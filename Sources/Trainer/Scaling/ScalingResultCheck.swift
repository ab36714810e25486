import ImageData
import Training

/// Checks that the numbers of a result that was read are valid for computations.
struct ScalingResultCheck {
  /// The file that messages name.
  let file: String

  /// More workers, rows or repeats than this mean a damaged file.
  private static let countLimit = 1_000_000_000

  /// Checks all numbers that are used in computations.
  ///
  /// - Parameter result: The decoded result.
  /// - Throws: ``TrainerError`` with the field, what was found and what was expected.
  func check(_ result: ScalingResult) throws {
    try count(["repeats": result.plan.repeats], "plan")
    try check(result.dataset)
    for (index, series) in result.series.enumerated() { try check(series, "series.\(index)") }
    guard let simulation = result.simulation else { return }
    for (workers, probe) in simulation.machine.probes.sorted(by: { $0.key < $1.key }) {
      try check(probe, "simulation.machine.probes.\(workers)")
    }
    for (index, validation) in simulation.validations.enumerated() {
      let place = "simulation.validations.\(index)"
      try check(validation.configuration, place + ".configuration")
      try positive(
        ["measured": validation.measured, "predicted": validation.predicted], place)
    }
    for (index, prediction) in simulation.predictions.enumerated() {
      try check(prediction, "simulation.predictions.\(index)")
    }
    for (index, prediction) in (simulation.between ?? []).enumerated() {
      try check(prediction, "simulation.between.\(index)")
    }
  }

  private func check(_ dataset: DatasetRecord) throws {
    try count(
      ["rows": dataset.rows, "columns": dataset.columns, "channels": dataset.channels], "dataset")
    guard dataset.imageSize.isAllowed else {
      throw wrong(
        "dataset", "images of \(dataset.imageSize.words)", "at most \(ImageSize.limits)")
    }
  }

  private func check(_ prediction: ScalingSimulation.Prediction, _ place: String) throws {
    try count(
      [
        "machines": prediction.machines, "cores": prediction.cores,
        "batch_size": prediction.batchSize, "shard_size": prediction.shardSize,
      ], place)
    try positive(["samples_per_second": prediction.samplesPerSecond], place)
  }

  private func check(_ series: ScalingSeries, _ place: String) throws {
    try count(["batch_size": series.batchSize, "shard_size": series.shardSize], place)
    if series.points.isEmpty { throw wrong(place + ".points", "none", "at least one") }
    for (index, point) in series.points.enumerated() {
      try check(point, "\(place).points.\(index)")
    }
  }

  private func check(_ point: ScalingPoint, _ place: String) throws {
    try check(point.configuration, place + ".configuration")
    try positive(
      [
        "samples_per_second.median": point.samplesPerSecond.median,
        "speedup.median": point.speedup.median, "efficiency.median": point.efficiency.median,
      ], place)
    if let share = point.peakShare { try positive(["peak_share.median": share.median], place) }
    for (kind, seconds) in point.stages.seconds where seconds < 0 {
      throw wrong("\(place).stages.seconds.\(kind.rawValue)", "\(seconds)", "at least 0")
    }
    if point.measurements.isEmpty { throw wrong(place + ".measurements", "none", "at least one") }
    for (index, measurement) in point.measurements.enumerated() {
      let place = "\(place).measurements.\(index)"
      try check(measurement.configuration, place + ".configuration")
      try count(["samples": measurement.samples], place)
      try positive(["seconds": measurement.seconds], place)
      try check(measurement.probe, place + ".probe")
    }
  }

  private func check(_ probe: MachineProbe, _ place: String) throws {
    guard let gigaflops = probe.gigaflops else {
      throw wrong(place + ".peak_gigaflops", "nothing", "a number above 0")
    }
    try positive(["peak_gigaflops": gigaflops], place)
  }

  private func check(_ configuration: MeasuredConfiguration, _ place: String) throws {
    try count(
      [
        "ranks": configuration.ranks, "threads": configuration.threads,
        "batch_size": configuration.batchSize, "shard_size": configuration.shardSize,
      ], place)
  }

  private func count(_ values: KeyValuePairs<String, Int>, _ place: String) throws {
    for (name, value) in values where !(1...Self.countLimit).contains(value) {
      throw wrong("\(place).\(name)", "\(value)", "1 to \(Self.countLimit)")
    }
  }

  private func positive(_ values: KeyValuePairs<String, Double>, _ place: String) throws {
    for (name, value) in values where !(value > 0) {
      throw wrong("\(place).\(name)", "\(value)", "a number above 0")
    }
  }

  private func wrong(_ field: String, _ found: String, _ expected: String) -> TrainerError {
    TrainerError(.badData, "\(file): field `\(field)`: found \(found), expected \(expected)")
  }
}
