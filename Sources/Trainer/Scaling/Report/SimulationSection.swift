import Pages
import Training

/// The predictions of the cost model, separated from measurements.
struct SimulationSection: Sendable {
  let simulation: ScalingSimulation
  /// The measured series.
  let series: [ScalingSeries]
  let mode: ScalingMode

  /// The section.
  var markup: Markup {
    Markup("section", ["class": "prediction"]) {
      Markup("h2") { "Predicted, not measured" }
      Markup("p") {
        "A cost model predicts the rates of other machines from measurements on this machine. "
          + "None of the predicted machines was measured."
      }
      if !simulation.doubts.isEmpty {
        Markup("p", ["class": "doubts"]) {
          Markup("b") { "Unreliable: " }
          simulation.doubts.joined(separator: "; ") + "."
        }
      }
      Markup("div", ["class": "charts"]) { chart.markup }
      if groups.count > LineStyle.seriesLimit {
        Markup("p", ["class": "note"]) {
          "The chart shows the first \(LineStyle.seriesLimit) of \(groups.count) lines; the tables "
            + "show all."
        }
      }
      Markup("h3") { "The model at the measured points" }
      Markup("p", ["class": "note"]) {
        simulation.validations.isEmpty
          ? "Only the first point of each series was measured, so the error of the model is not "
            + "known."
          : "Computed from the probes and the first point of each series. The error is "
            + "(predicted − measured) / measured."
      }
      if !simulation.validations.isEmpty { validations.markup }
      if !simulation.predictions.isEmpty {
        Markup("h3") { "Predictions" }
        predictions.markup
        Markup("p", ["class": "note"]) {
          "Parts of a step's time in milliseconds, on the worker that takes longest:"
        }
        costs.markup
      }
      Markup("details") {
        Markup("summary") { "Constants of the model" }
        ModelConstants(simulation: simulation).markup
      }
    }
  }

  /// The properties that the points of a line in the chart share.
  private struct Group: Hashable {
    let machines: Int
    /// The rows of all workers in strong scaling, of one worker in weak scaling.
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

  /// The groups, in the order in which they first occur.
  private var groups: [Group] {
    var known: Set<Group> = []
    let measured = measuredPoints.map { group($0.configuration) }
    return (measured + simulation.predictions.map(group)).filter { known.insert($0).inserted }
  }

  /// The measured points of one process; the model does not include several processes.
  private var measuredPoints: [ScalingPoint] {
    series.flatMap(\.points).filter { $0.configuration.ranks == 1 }
  }

  private var chart: LineChart {
    let counts =
      measuredPoints.map(\.configuration.workers) + drawnPredictions.map(\.workers)
    return LineChart(
      identifier: "simulation", title: "Samples per second: measured, and PREDICTED",
      lines: groups.prefix(LineStyle.seriesLimit).enumerated().flatMap { lines($0, $1) },
      bounds: .fromZero, axis: .workers(counts), text: { FigureText.fixed($0, 0) })
  }

  /// The requested predictions, and the smaller machines that complete a curve.
  private var drawnPredictions: [ScalingSimulation.Prediction] {
    simulation.predictions + (simulation.between ?? [])
  }

  private func lines(_ index: Int, _ group: Group) -> [LineChart.Line] {
    let validations = simulation.validations.filter { self.group($0.configuration) == group }
    let measured = measuredPoints.filter { self.group($0.configuration) == group }.map {
      LineChart.Point(
        x: Double($0.configuration.workers), y: $0.samplesPerSecond.median,
        interval: $0.samplesPerSecond.range)
    }
    let predictions = drawnPredictions.filter { self.group($0) == group }
    let predicted =
      validations.map { LineChart.Point(x: Double($0.configuration.workers), y: $0.predicted) }
      + predictions.map { LineChart.Point(x: Double($0.workers), y: $0.samplesPerSecond) }
    let isDoubted = (validations.map(\.doubts) + predictions.map(\.doubts)).contains { $0 != nil }
    let name =
      "batch \(group.batchSize)\(mode == .weak ? " per worker" : ""), shard \(group.shardSize)"
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
      + line(
        .predicted(index), isDoubted ? "PREDICTED (\(Self.doubt))" : "PREDICTED", predicted)
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
          marked(validation.predicted, validation.doubts),
          FigureText.signedPercentage(validation.error),
        ]
      }, isWide: true)
  }

  private static let doubt = "unreliable"

  /// A prediction, marked if it should not be trusted.
  private func marked(_ rate: Double, _ doubts: [String]?) -> String {
    FigureText.count(rate) + (doubts == nil ? "" : " (\(Self.doubt))")
  }

  private var predictions: FigureTable {
    FigureTable(
      label: "Predictions",
      columns: ["machines", "cores of each", "batch", "shard", "predicted, samples/s", "step, ms"],
      rows: simulation.predictions.map { prediction in
        [
          FigureText.count(prediction.machines), FigureText.count(prediction.cores),
          FigureText.count(prediction.batchSize), FigureText.count(prediction.shardSize),
          marked(prediction.samplesPerSecond, prediction.doubts),
          FigureText.fixed(prediction.stepSeconds * 1e3, 3),
        ]
      }, isWide: true)
  }

  /// The parts of the steps' time: one column for each part that occurs, in the order of a step.
  private var costs: FigureTable {
    let predictions = simulation.predictions
    let known = CostModel.Part.allCases.map(\.rawValue)
    let found = Set(predictions.flatMap { $0.seconds.filter { $0.value != 0 }.keys })
    let parts = known.filter(found.contains) + found.subtracting(known).sorted()
    return FigureTable(
      label: "Parts of a step's time",
      columns: ["machines × cores"]
        + parts.map { $0 == CostModel.Part.update.rawValue ? StageKind.update.title : $0 },
      rows: predictions.map { prediction in
        [
          "\(prediction.machines) × \(prediction.cores), batch \(prediction.batchSize), "
            + "shard \(prediction.shardSize)"
        ]
          + parts.map { part in
            prediction.seconds[part].map { FigureText.fixed($0 * 1e3, 3) } ?? "–"
          }
      }, isWide: true)
  }
}
