import Pages

/// All figures of a series as tables.
struct ScalingFigures: Sendable {
  let series: ScalingSeries
  /// The title, which distinguishes the series from others.
  let title: String

  /// The results of the points.
  var points: FigureTable {
    FigureTable(
      label: "Figures: \(title)",
      columns: [
        "workers", "marks", "batch", "samples/s", "speedup", "efficiency, %",
        "serial fraction", "of the FMA peak, %",
      ],
      rows: series.points.indices.map { index in
        let point = series.points[index]
        return [
          point.configuration.label, series.marks(at: index).map(\.sign).joined(separator: ", "),
          FigureText.count(point.configuration.batchSize),
          text(point.samplesPerSecond) { FigureText.count($0) },
          text(point.speedup) { FigureText.fixed($0, 2) },
          text(point.efficiency) { FigureText.fixed($0 * 100, 1) },
          point.serialFraction.map { text($0) { FigureText.fixed($0, 3) } } ?? "–",
          point.peakShare.map { text($0) { FigureText.fixed($0 * 100, 1) } } ?? "–",
        ]
      }, isWide: true)
  }

  /// The explanations of the points' marks.
  var explanations: [String] {
    PointMark.explanations(of: series.points.indices.flatMap { series.marks(at: $0) })
  }

  /// The single measurements.
  var measurements: FigureTable {
    FigureTable(
      label: "Measurements: \(title)",
      columns: [
        "workers", "round", "samples/s", "steps", "seconds", "warm-up steps", "FMA peak, GFLOP/s",
        "barrier, µs", "memory, GB/s", "shared line, ns", "own CPUs", "others' CPUs", "stolen CPUs",
        "throttled, s",
      ],
      rows: series.points.flatMap { point in
        point.measurements.enumerated().map { round, measurement in
          cells(measurement, point: point, round: round + 1)
        }
      }, isWide: true)
  }

  private func cells(_ measurement: TrainingMeasurement, point: ScalingPoint, round: Int)
    -> [String]
  {
    func optional(_ value: Double?) -> String { value.map { FigureText.fixed($0, 2) } ?? "–" }
    let (probe, interference) = (measurement.probe, measurement.interference)
    let peak = probe.peakGigaflops
    return [
      point.configuration.label, "\(round)", FigureText.count(measurement.samplesPerSecond),
      FigureText.count(measurement.steps), FigureText.fixed(measurement.seconds, 2),
      FigureText.count(measurement.warmUpSteps), peak.map { FigureText.fixed($0, 1) } ?? "–",
      FigureText.fixed(probe.barrierSeconds * 1e6, 2),
      FigureText.fixed(probe.memoryBandwidth / 1e9, 1),
      optional(probe.lineTransferSeconds.map { $0 * 1e9 }), optional(interference.ownCPUs),
      optional(interference.otherCPUs), optional(interference.stolenCPUs),
      optional(interference.throttledSeconds),
    ]
  }

  private func text(_ estimate: Estimate, _ figure: (Double) -> String) -> String {
    figure(estimate.median)
      + (estimate.range.map { " (\(figure($0.lowerBound))–\(figure($0.upperBound)))" } ?? "")
  }
}
