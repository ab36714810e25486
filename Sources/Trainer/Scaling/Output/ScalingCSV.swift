import Files
import Pages
import Parallel
import Training

/// The measured points of an experiment as comma-separated values: a header, then one line per
/// point.
///
/// Names are those of `scaling.json`, joined by `_`. Missing values are empty. Predictions are not
/// included.
package struct ScalingCSV: Sendable {
  private struct Row {
    let result: ScalingResult
    let series: ScalingSeries
    let index: Int

    var point: ScalingPoint { series.points[index] }
  }

  private typealias Column = (name: String, value: @Sendable (Row) -> String)

  private static let columns: [Column] = configuration + figures + stages + digest

  private static let configuration: [Column] = [
    ("mode", { $0.result.plan.mode.rawValue }),
    ("pin", { $0.result.plan.pin.rawValue }),
    ("ranks", { "\($0.point.configuration.ranks)" }),
    ("threads", { "\($0.point.configuration.threads)" }),
    ("batch_size", { "\($0.point.configuration.batchSize)" }),
    ("shard_size", { "\($0.point.configuration.shardSize)" }),
    ("oversubscribed", { "\($0.point.isOversubscribed)" }),
    ("shares_cores", { "\($0.point.sharesCores)" }),
    ("same_as", { $0.series.workersWithSameRate(at: $0.index).map { "\($0)" } ?? "" }),
    ("repeats", { "\($0.point.measurements.count)" }),
  ]

  private static let figures: [Column] = [
    estimate("samples_per_second") { $0.samplesPerSecond },
    estimate("speedup") { $0.speedup },
    estimate("efficiency") { $0.efficiency },
    estimate("serial_fraction") { $0.serialFraction },
    estimate("peak_share") { $0.peakShare },
  ].flatMap(\.self)

  private static let stages: [Column] = StageKind.allCases.map { kind in
    ("stages_seconds_\(kind.rawValue)", { text($0.point.stages.seconds[kind]) })
  }

  private static let digest: [Column] = [("digest", { $0.point.digest })]

  private static func estimate(
    _ name: String, _ figure: @escaping @Sendable (ScalingPoint) -> Estimate?
  ) -> [Column] {
    [
      (name + "_median", { text(figure($0.point)?.median) }),
      (name + "_low", { text(figure($0.point)?.low) }),
      (name + "_high", { text(figure($0.point)?.high) }),
    ]
  }

  private static func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

  private let result: ScalingResult

  /// Prepares the lines of an experiment.
  ///
  /// - Parameter result: The result of the experiment.
  package init(_ result: ScalingResult) {
    self.result = result
  }

  /// The header, then one line per point, in the order of the series.
  package var lines: [String] {
    let rows = result.series.flatMap { series in
      series.points.indices.map { Row(result: result, series: series, index: $0) }
    }
    let cells = rows.map { row in Self.columns.map { $0.value(row) } }
    return ([Self.columns.map(\.name)] + cells).map(CSVText.row)
  }

  /// Writes the file.
  ///
  /// - Parameter path: The file; it is replaced atomically.
  /// - Throws: `FileError` if it cannot be written.
  package func write(path: String) throws {
    let text = lines.map { $0 + "\n" }.joined()
    try AtomicFile.replace(path: path, in: .ownDirectory) { try $0.write(Array(text.utf8)) }
  }
}
