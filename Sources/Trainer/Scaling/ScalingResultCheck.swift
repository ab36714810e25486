import Files
import ImageData
import Model
import Parallel
import Training

/// Checks that the numbers of a result that was read are valid for computations.
struct ScalingResultCheck {
  /// The file that messages name.
  let file: String

  /// More workers, rows or repeats than this mean a damaged file.
  private static let countLimit = 1_000_000_000
  private static let rankCounts = 1...65_536
  private static let threadCounts = 1...WorkerTeam.maximumCount
  /// No machine is slower or faster; in samples, operations or bytes per second, and for ratios of
  /// rates.
  private static let rateLimits = 1e-12...1e18
  /// The longest time in seconds.
  private static let longestTime = 1e9

  /// Checks all numbers that are used in computations.
  ///
  /// - Parameter result: The decoded result.
  /// - Throws: ``TrainerError`` with the field, what was found and what was expected.
  func check(_ result: ScalingResult) throws {
    try count(["repeats": result.plan.repeats], "plan")
    try check(result.dataset)
    for (index, series) in result.series.enumerated() { try check(series, "series.\(index)") }
    guard let simulation = result.simulation else { return }
    try check(simulation.machine, "simulation.machine")
    try check(simulation.network, "simulation.network")
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
    try count(["classes": dataset.classes], in: SoftmaxCrossEntropy.classCounts, "dataset")
  }

  /// The cost model starts from the probe of one worker.
  private func check(_ machine: MachineConstants, _ place: String) throws {
    try count(["cores": machine.cores], place)
    if machine.cacheBytes < 0 {
      throw wrong(place + ".cache_bytes", "\(machine.cacheBytes)", "at least 0")
    }
    if machine.probes[1] == nil {
      throw wrong(place + ".probes", "none of 1 worker", "the probe of 1 worker")
    }
    for (workers, probe) in machine.probes.sorted(by: { $0.key < $1.key }) {
      try count(["\(workers)": workers], in: Self.threadCounts, place + ".probes")
      try check(probe, "\(place).probes.\(workers)")
    }
  }

  private func check(_ network: NetworkProbe, _ place: String) throws {
    try times(["optimizer_seconds": network.optimizerSeconds], place)
    for (rows, products) in network.products.sorted(by: { $0.key < $1.key }) {
      try count(["\(rows)": rows], place + ".products")
      try times(
        [
          "forward": products.forward, "input_gradients": products.inputGradients,
          "weight_gradients": products.weightGradients,
        ], "\(place).products.\(rows)")
    }
  }

  private func check(_ prediction: ScalingSimulation.Prediction, _ place: String) throws {
    try count(
      ["machines": prediction.machines], in: 1...ScalingSimulation.Target.maximumMachines, place)
    try count(["cores": prediction.cores], in: Self.threadCounts, place)
    // A batch grows with the machines and their cores in weak scaling.
    try count(["batch_size": prediction.batchSize], in: 1...Int.max, place)
    try count(["shard_size": prediction.shardSize], place)
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
    try rates(
      [
        "samples_per_second.median": point.samplesPerSecond.median,
        "speedup.median": point.speedup.median, "efficiency.median": point.efficiency.median,
      ], place)
    if let share = point.peakShare { try rates(["peak_share.median": share.median], place) }
    for kind in StageKind.allCases {
      try times(
        [kind.rawValue: point.stages.seconds[kind, default: 0]], place + ".stages.seconds")
    }
    if point.measurements.isEmpty { throw wrong(place + ".measurements", "none", "at least one") }
    for (index, measurement) in point.measurements.enumerated() {
      let place = "\(place).measurements.\(index)"
      try check(measurement.configuration, place + ".configuration")
      try count(["samples": measurement.samples], place)
      try positive(["seconds": measurement.seconds], place)
      try times(["seconds": measurement.seconds], place)
      try check(measurement.probe, place + ".probe")
    }
  }

  private func check(_ probe: MachineProbe, _ place: String) throws {
    guard let gigaflops = probe.gigaflops else {
      throw wrong(place + ".peak_gigaflops", "nothing", "a number above 0")
    }
    try rates(
      ["peak_gigaflops": gigaflops, "memory_bytes_per_second": probe.memoryBandwidth], place)
    try times(["barrier_seconds": probe.barrierSeconds], place)
    if let seconds = probe.lineTransferSeconds {
      try times(["line_transfer_seconds": seconds], place)
    }
  }

  private func check(_ configuration: MeasuredConfiguration, _ place: String) throws {
    try count(["ranks": configuration.ranks], in: Self.rankCounts, place)
    try count(["threads": configuration.threads], in: Self.threadCounts, place)
    try count(
      ["batch_size": configuration.batchSize, "shard_size": configuration.shardSize], place)
  }

  private func count(
    _ values: KeyValuePairs<String, Int>, in range: ClosedRange<Int> = 1...Self.countLimit,
    _ place: String
  ) throws {
    for (name, value) in values where !range.contains(value) {
      throw wrong(
        "\(place).\(name)", "\(value)", "\(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// Checks times in seconds that are added and multiplied, never divided by.
  private func times(_ values: KeyValuePairs<String, Double>, _ place: String) throws {
    for (name, value) in values where !(0...Self.longestTime).contains(value) {
      throw wrong(
        "\(place).\(name)", "\(value)",
        value < 0 ? "at least 0" : "at most \(Self.longestTime) seconds")
    }
  }

  /// Checks rates, which are divided by.
  private func rates(_ values: KeyValuePairs<String, Double>, _ place: String) throws {
    try positive(values, place)
    for (name, value) in values where !Self.rateLimits.contains(value) {
      throw wrong(
        "\(place).\(name)", "\(value)",
        "\(Self.rateLimits.lowerBound) to \(Self.rateLimits.upperBound)")
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
