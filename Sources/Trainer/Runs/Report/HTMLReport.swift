import Files
import Pages
import Training

/// A run's report as one self-contained HTML file with its images, curves and style.
package enum HTMLReport {
  /// Writes a report.
  ///
  /// - Parameters:
  ///   - report: The content.
  ///   - path: The file, replaced atomically.
  /// - Throws: ``FileError`` if it cannot be written; `CompressionError` if an image cannot be
  ///   encoded.
  package static func write(_ report: RunReport, path: String) throws {
    try page(report).write(path: path, in: .ownDirectory)
  }

  /// Renders a report as HTML.
  ///
  /// - Parameter report: The content.
  /// - Returns: The page, which is also well-formed XML.
  /// - Throws: `CompressionError` if an image cannot be encoded.
  package static func render(_ report: RunReport) throws -> String {
    try page(report).html
  }

  private static func page(_ report: RunReport) throws -> HTMLPage {
    let results = try results(report)
    return HTMLPage(
      title: "\(report.title) – \(report.status.title)", reloadSeconds: report.status.reloadSeconds
    ) {
      ReportHeading(report).markup
      if !report.epochs.isEmpty { curves(report) }
      results
      Markup("div", ["class": "columns"]) {
        EntrySection(title: "Settings", entries: report.settings).markup
        EntrySection(title: "Environment", entries: report.environment).markup
      }
    }
  }

  private static func curves(_ report: RunReport) -> Markup {
    Markup("section") {
      Markup("h2") { "Curves" }
      Markup("div", ["class": "charts"]) { ReportCharts(report).charts.map(\.markup) }
      EpochTable(epochs: report.epochs).markup
    }
  }

  /// The results that are known only at the end: predictions on the test set, and filters.
  private static func results(_ report: RunReport) throws -> Markup {
    guard case .ended(let run) = report.status else { return Markup([]) }
    let titles = ClassTitles(report.classNames)
    return Markup(
      [
        ConfusionSection(
          matrix: run.outcome.confusionMatrix, classAccuracy: run.outcome.classAccuracy,
          titles: titles
        ).markup,
        try MistakeSection(run.outcome, titles: titles).markup,
        try run.kernels.map { try FilterSection($0).markup },
      ].compactMap(\.self))
  }
}

extension RunStatus {
  /// The words after a run's name in the title of a browser's tab.
  fileprivate var title: String {
    switch self {
    case .running: "running"
    case .stopped(_, .signal): "stopped"
    case .stopped(_, .failure): "failed"
    case .ended: "training run"
    }
  }

  /// The seconds after which a browser loads the page again; nil if it no longer changes.
  fileprivate var reloadSeconds: Int? {
    if case .running(_, let update) = self { update.interval } else { nil }
  }
}
