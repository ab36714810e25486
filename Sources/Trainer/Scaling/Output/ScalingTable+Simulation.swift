import Pages

extension ScalingTable {
  /// The model's results for measured points, and its predictions for other machines.
  func lines(of simulation: ScalingSimulation) -> [String] {
    ["PREDICTED, NOT MEASURED"] + check(simulation.validations)
      + (simulation.predictions.isEmpty
        ? []
        : ["Predicted for other machines:"]
          + predictions(simulation.predictions).lines(width: Self.width))
      + (simulation.doubtSentence.map { Self.wrapped("\(Self.doubtSign): \($0)", indent: 4) } ?? [])
  }

  /// The mark of a prediction that should not be trusted.
  private static let doubtSign = "?"

  /// Not `update`, which would suggest the optimizer alone.
  private static func shortName(_ part: String) -> String {
    part == CostModel.Part.update.rawValue ? "gradients, update" : part
  }

  private func sign(_ doubts: [String]?) -> String { doubts == nil ? "" : Self.doubtSign }

  private func check(_ validations: [ScalingSimulation.Validation]) -> [String] {
    validations.isEmpty
      ? Self.wrapped(
        "Only the first point of each series was measured, so the error of the model is not "
          + "known.")
      : Self.wrapped(
        "The cost model, from the probes and the first point of a series, at the other points:")
        + table(validations).lines(width: Self.width)
  }

  private func table(_ validations: [ScalingSimulation.Validation]) -> TextTable {
    let hasRanks = result.hasRanks
    let columns =
      ["threads"] + (hasRanks ? ["ranks"] : [])
      + ["batch", "shard", "measured\nsamples/s", "predicted\nsamples/s"]
    let hasDoubts = validations.contains { $0.doubts != nil }
    let rows = validations.map { validation in
      let configuration = validation.configuration
      return ["\(configuration.threads)"] + (hasRanks ? ["\(configuration.ranks)"] : []) + [
        "\(configuration.batchSize)", "\(configuration.shardSize)",
        FigureText.fixed(validation.measured, 0), FigureText.fixed(validation.predicted, 0),
      ] + (hasDoubts ? [sign(validation.doubts)] : [])
        + [FigureText.signedPercentage(validation.error)]
    }
    return TextTable(
      columns: columns.map { .init($0) } + (hasDoubts ? [.init("", .left)] : []) + [.init("error")],
      rows: rows)
  }

  private func predictions(_ predictions: [ScalingSimulation.Prediction]) -> TextTable {
    let columns = ["machines", "cores\nof each", "batch", "shard", "predicted\nsamples/s"]
    let hasDoubts = predictions.contains { $0.doubts != nil }
    let rows = predictions.map { prediction in
      [
        "\(prediction.machines)", "\(prediction.cores)", "\(prediction.batchSize)",
        "\(prediction.shardSize)", FigureText.fixed(prediction.samplesPerSecond, 0),
      ] + (hasDoubts ? [sign(prediction.doubts)] : []) + [
        FigureText.fixed(prediction.stepSeconds * 1e3, 3),
        prediction.costs.first.map {
          "\(Self.shortName($0.name)) \(FigureText.fixed($0.share * 100, 0))%"
        } ?? "-",
      ]
    }
    return TextTable(
      columns: columns.map { .init($0) } + (hasDoubts ? [.init("", .left)] : [])
        + [.init("ms/step"), .init("most of it", .left)], rows: rows)
  }
}

extension ScalingSimulation.Prediction {
  /// The time of a step in seconds.
  ///
  /// It is added up in the order of the names: another version may have further parts.
  var stepSeconds: Double { seconds.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value } }

  /// The parts of a step's time, the largest share first.
  var costs: [(name: String, share: Double)] {
    let total = stepSeconds
    return seconds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      ($0.key, total > 0 ? $0.value / total : 0)
    }
  }

  /// The number of cores of all machines.
  var workers: Int { machines * cores }
}
