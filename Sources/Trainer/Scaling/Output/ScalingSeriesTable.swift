import Pages

/// The figures of a series as a text table, one line per point.
struct ScalingSeriesTable: Sendable {
  private let series: ScalingSeries
  private let hasRanks: Bool
  private let isWeak: Bool

  init(_ series: ScalingSeries, result: ScalingResult) {
    self.series = series
    hasRanks = result.hasRanks
    isWeak = result.plan.mode == .weak
  }

  /// From this rate on, rates are shown in thousands, to limit the width of the table.
  private static let thousandsFrom = 999_999.5

  /// The lines of the table.
  var lines: [String] {
    let isLarge = series.points.contains { point in
      max(point.samplesPerSecond.median, point.samplesPerSecond.high ?? 0) >= Self.thousandsFrom
    }
    var columns: [TextTable.Column] = [.init("threads")]
    if hasRanks { columns.append(.init("ranks")) }
    if isWeak { columns.append(.init("batch")) }
    columns += [
      .init(isLarge ? "1000\nsamples/s" : "samples/s"), .init("95 %\ninterval"),
      .init("speedup"), .init("effi-\nciency"), .init("serial\nfraction"), .init("FMA\npeak"),
    ]
    let marks = series.points.indices.map { series.marks(at: $0).map(\.sign) }
    let hasMarks = marks.contains { !$0.isEmpty }
    if hasMarks { columns.append(.init("", .left)) }
    let rows = zip(series.points, marks).map { point, marks in
      cells(of: point, inThousands: isLarge) + (hasMarks ? [marks.joined(separator: " ")] : [])
    }
    return TextTable(columns: columns, rows: rows).lines(width: ScalingTable.width)
  }

  private func cells(of point: ScalingPoint, inThousands: Bool) -> [String] {
    let configuration = point.configuration
    func rate(_ value: Double) -> String {
      inThousands ? FigureText.fixed(value / 1e3, 1) : FigureText.fixed(value, 0)
    }
    var interval = "-"
    if let low = point.samplesPerSecond.low, let high = point.samplesPerSecond.high {
      interval = "\(rate(low))-\(rate(high))"
    }
    return ["\(configuration.threads)"] + (hasRanks ? ["\(configuration.ranks)"] : [])
      + (isWeak ? ["\(configuration.batchSize)"] : [])
      + [
        rate(point.samplesPerSecond.median), interval,
        FigureText.fixed(point.speedup.median, 2), share(point.efficiency.median),
        point.serialFraction.map { FigureText.fixed($0.median, 3) } ?? "-",
        point.peakShare.map { share($0.median) } ?? "-",
      ]
  }

  private func share(_ value: Double) -> String { FigureText.fixed(value * 100, 1) + "%" }
}
