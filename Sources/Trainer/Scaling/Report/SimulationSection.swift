/// What the cost model predicts, set apart from what was measured.
struct SimulationSection: Sendable {
  let simulation: ScalingSimulation
  /// What was measured.
  let series: [ScalingSeries]
  let mode: ScalingMode

  /// The section.
  var markup: Markup {
    Markup("section", ["class": "prediction"]) {
      Markup("h2") { "Predicted, not measured" }
      Markup("p") {
        "A cost model made of this machine's measured rates says what other machines would reach. "
          + "None of them was measured."
      }
      Markup("div", ["class": "charts"]) { chart.markup }
      if groups.count > LineStyle.seriesLimit {
        Markup("p", ["class": "note"]) {
          "The chart has the first \(LineStyle.seriesLimit) of \(groups.count) lines; the tables "
            + "have all."
        }
      }
      Markup("h3") { "The model at the measured points" }
      Markup("p", ["class": "note"]) {
        simulation.validations.isEmpty
          ? "Nothing was measured but the first point of each series: how far the model is off is not "
            + "known."
          : "Computed from the probes and the first point of each series. The error is "
            + "(predicted − measured) / measured."
      }
      if !simulation.validations.isEmpty { validations.markup }
      if !simulation.predictions.isEmpty {
        Markup("h3") { "Predictions" }
        Markup("p", ["class": "note"]) {
          "Milliseconds of a step, on the worker that takes longest."
        }
        predictions.markup
      }
      Markup("details") {
        Markup("summary") { "What the model knows" }
        ModelConstants(simulation: simulation).markup
      }
    }
  }

  /// What a line of the chart has in common.
  private struct Group: Hashable {
    let machines: Int
    /// Of all workers in strong scaling, of one in weak.
    let batchSize: Int
    let shardSize: Int
  }

  private func group(machines: Int, workers: Int, batchSize: Int, shardSize: Int) -> Group {
    Group(
      machines: machines, batchSize: mode == .weak ? batchSize / workers : batchSize,
      shardSize: shardSize)
  }

  private func group(_ configuration: MeasuredConfiguration) -> Group {
    group(
      machines: 1, workers: configuration.workers, batchSize: configuration.batchSize,
      shardSize: configuration.shardSize)
  }

  private func group(_ prediction: ScalingSimulation.Prediction) -> Group {
    group(
      machines: prediction.machines, workers: prediction.workers,
      batchSize: prediction.batchSize, shardSize: prediction.shardSize)
  }

  /// In the order in which they first occur.
  private var groups: [Group] {
    var known: Set<Group> = []
    let measured = measuredPoints.map { group($0.configuration) }
    return (measured + simulation.predictions.map(group)).filter { known.insert($0).inserted }
  }

  /// Several processes at a time are not what the model is of.
  private var measuredPoints: [ScalingPoint] {
    series.flatMap(\.points).filter { $0.configuration.ranks == 1 }
  }

  private var chart: LineChart {
    let counts =
      measuredPoints.map(\.configuration.workers) + simulation.predictions.map(\.workers)
    return LineChart(
      identifier: "simulation", title: "Samples a second: measured, and PREDICTED",
      lines: groups.prefix(LineStyle.seriesLimit).enumerated().flatMap { lines($0, $1) },
      bounds: .fromZero, axis: .workers(counts), text: { FigureText.fixed($0, 0) })
  }

  private func lines(_ index: Int, _ group: Group) -> [LineChart.Line] {
    let validations = simulation.validations.filter { self.group($0.configuration) == group }
    let measured = measuredPoints.filter { self.group($0.configuration) == group }.map {
      LineChart.Point(
        x: Double($0.configuration.workers), y: $0.samplesPerSecond.median,
        interval: $0.samplesPerSecond.range)
    }
    let predicted =
      validations.map { LineChart.Point(x: Double($0.configuration.workers), y: $0.predicted) }
      + simulation.predictions.filter { self.group($0) == group }.map {
        LineChart.Point(x: Double($0.workers), y: $0.samplesPerSecond)
      }
    let name =
      "batch \(group.batchSize)\(mode == .weak ? " a worker" : ""), shard \(group.shardSize)"
      + (group.machines > 1 ? ", \(group.machines) machines" : "")
    func line(_ style: LineStyle, _ word: String, _ points: [LineChart.Point]) -> [LineChart.Line] {
      points.isEmpty
        ? []
        : [
          LineChart.Line(
            style: style, name: "\(word): \(name)", points: points.sorted { $0.x < $1.x })
        ]
    }
    return line(.series(index), "measured", measured)
      + line(.predicted(index), "PREDICTED", predicted)
  }

  private var validations: FigureTable {
    FigureTable(
      label: "The model at the measured points",
      columns: [
        "workers", "batch", "shard", "measured, samples/s", "predicted, samples/s", "error",
      ],
      rows: simulation.validations.map { validation in
        let configuration = validation.configuration
        return [
          configuration.label, FigureText.count(configuration.batchSize),
          FigureText.count(configuration.shardSize), FigureText.count(validation.measured),
          FigureText.count(validation.predicted), FigureText.signedPercentage(validation.error),
        ]
      }, isWide: true)
  }

  private var predictions: FigureTable {
    let costs = Set(simulation.predictions.flatMap(\.seconds.keys)).sorted()
    return FigureTable(
      label: "Predictions",
      columns: ["machines", "cores of each", "batch", "shard", "predicted, samples/s", "step, ms"]
        + costs.map { "\($0), ms" },
      rows: simulation.predictions.map { prediction in
        [
          FigureText.count(prediction.machines), FigureText.count(prediction.cores),
          FigureText.count(prediction.batchSize), FigureText.count(prediction.shardSize),
          FigureText.count(prediction.samplesPerSecond),
          FigureText.fixed(prediction.stepSeconds * 1e3, 3),
        ]
          + costs.map { cost in
            prediction.seconds[cost].map { FigureText.fixed($0 * 1e3, 3) } ?? "–"
          }
      }, isWide: true)
  }
}
