import Glibc
import Pages
import Parallel

/// The charts of an experiment over the number of workers.
struct ScalingCharts: Sendable {
  let result: ScalingResult

  init(_ result: ScalingResult) {
    self.result = result
  }

  /// The series in the charts: as many as can be distinguished.
  var shownSeries: ArraySlice<ScalingSeries> { result.series.prefix(LineStyle.seriesLimit) }

  /// The charts of speedup, rate, efficiency and, if it was measured, the share of the FMA peak.
  var charts: [LineChart] {
    let hasPeak = shownSeries.contains { $0.points.contains { $0.peakShare != nil } }
    return [speedup, rate, efficiency] + (hasPeak ? [peak] : [])
  }

  private static let hollowName = "more workers than CPUs"

  private var axis: LineChart.HorizontalAxis { .workers(workers) }

  private var workers: [Int] {
    shownSeries.flatMap { $0.points.map(\.configuration.workers) }
  }

  /// The speedup with the ideal speedup and the fitted laws.
  private var speedup: LineChart {
    chart(
      "speedup", "Speedup over \(counted(workers.min() ?? 1, "worker"))",
      lines: ideal(from: 1, factor: 1, grows: true) + fits
        + lines(factor: 1) { $0.speedup },
      bounds: axis.isLogarithmic ? .powersOfTwo : .fromZero, parts: axis.isLogarithmic ? 8 : 5
    ) { FigureText.fixed($0, 2) }
  }

  private var rate: LineChart {
    chart(
      "rate", "Throughput, training samples per second",
      lines: lines(factor: 1) { $0.samplesPerSecond }, bounds: .fromZero
    ) { FigureText.fixed($0, 0) + " samples per second" }
  }

  private var efficiency: LineChart {
    chart(
      "efficiency", "Efficiency, %",
      lines: ideal(from: 100, factor: 100, grows: false)
        + lines(factor: 100) { $0.efficiency }, bounds: .fromZero, parts: 6,
      text: Self.percentage)
  }

  private var peak: LineChart {
    chart(
      "peak", "Share of the FMA peak, %",
      lines: lines(factor: 100) { $0.peakShare }, bounds: .fromZero, text: Self.percentage)
  }

  private static let percentage: @Sendable (Double) -> String = {
    FigureText.fixed($0, 1) + " %"
  }

  private func chart(
    _ identifier: String, _ title: String, lines: [LineChart.Line], bounds: AxisScale.Bounds,
    parts: Int = 5, text: @escaping @Sendable (Double) -> String
  ) -> LineChart {
    LineChart(
      identifier: identifier, title: title, lines: lines, bounds: bounds, parts: parts, axis: axis,
      hollowName: Self.hollowName, text: text)
  }

  private func lines(
    factor: Double, _ figure: (ScalingPoint) -> Estimate?
  ) -> [LineChart.Line] {
    shownSeries.enumerated().map { index, series in
      LineChart.Line(
        style: .series(index), name: series.title(mode: result.plan.mode),
        points: series.points.compactMap { point in
          guard let estimate = figure(point) else { return nil }
          return LineChart.Point(
            x: Double(point.configuration.workers), y: estimate.median * factor,
            interval: estimate.range.map {
              $0.lowerBound * factor...$0.upperBound * factor
            }, isHollow: point.isOversubscribed)
        })
    }
  }

  private func ideal(from first: Double, factor: Double, grows: Bool) -> [LineChart.Line] {
    guard let fewest = workers.min(), let most = workers.max() else { return [] }
    let last = grows ? first * Double(most) / Double(fewest) : first
    return [
      LineChart.Line(
        style: .ideal, name: "ideal",
        points: [
          LineChart.Point(x: Double(fewest), y: first), LineChart.Point(x: Double(most), y: last),
        ])
    ]
  }

  private var fits: [LineChart.Line] {
    shownSeries.enumerated().flatMap { index, series -> [LineChart.Line] in
      let title = series.title(mode: result.plan.mode)
      let first = series.points[0]
      var lines: [LineChart.Line] = []
      if let law = series.amdahl {
        let start = law.speedup(workers: Double(first.configuration.workers))
        lines.append(
          LineChart.Line(
            style: .amdahl(index), name: "Amdahl's law, \(title)",
            points: curve(series) { law.speedup(workers: $0) / start }))
      }
      if let law = series.universal {
        lines.append(
          LineChart.Line(
            style: .universal(index), name: "Universal Scalability Law, \(title)",
            points: curve(series) {
              law.rate(workers: $0) / first.samplesPerSecond.median
            }))
      }
      return lines
    }
  }

  /// The points of a law between the fewest and the most workers of a series.
  private func curve(_ series: ScalingSeries, _ law: (Double) -> Double) -> [LineChart.Point] {
    let counts = series.points.map { Double($0.configuration.workers) }
    let (fewest, most) = (counts.min() ?? 1, counts.max() ?? 1)
    let parts = 64
    return (0...parts).map { part in
      let share = Double(part) / Double(parts)
      let x =
        axis.isLogarithmic
        ? fewest * exp2(share * log2(most / fewest)) : fewest + share * (most - fewest)
      return LineChart.Point(x: x, y: law(x))
    }
  }
}

extension Estimate {
  /// The interval; nil if there is none.
  var range: ClosedRange<Double>? {
    guard let low, let high, low <= high else { return nil }
    return low...high
  }
}
