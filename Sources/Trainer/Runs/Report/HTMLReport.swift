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
  /// - Throws: ``FileError`` if it cannot be written; ``TrainerError`` if an image cannot be
  ///   encoded.
  package static func write(_ report: RunReport, path: String) throws {
    try page(report).write(path: path, in: .lockedDirectory)
  }

  /// Renders a report as HTML.
  ///
  /// - Parameter report: The content.
  /// - Returns: The page, which is also well-formed XML.
  /// - Throws: ``TrainerError`` if an image cannot be encoded.
  package static func render(_ report: RunReport) throws -> String {
    try page(report).html
  }

  private static func page(_ report: RunReport) throws -> HTMLPage {
    let titles = ClassTitles(report.classNames)
    let mistakes = try MistakeSection(report.outcome, titles: titles)
    let filters = try report.kernels.map { try FilterSection($0) }
    return HTMLPage(title: "\(report.title) – training run") {
      heading(report)
      Markup("section") {
        Markup("h2") { "Curves" }
        Markup("div", ["class": "charts"]) { ReportCharts(report).charts.map(\.markup) }
        EpochTable(epochs: report.epochs).markup
      }
      ConfusionSection(
        matrix: report.outcome.confusionMatrix, classAccuracy: report.outcome.classAccuracy,
        titles: titles
      ).markup
      mistakes.markup
      if let filters { filters.markup }
      Markup("div", ["class": "columns"]) {
        EntrySection(title: "Settings", entries: report.settings).markup
        EntrySection(title: "Environment", entries: report.environment).markup
      }
    }
  }

  private static func heading(_ report: RunReport) -> Markup {
    Markup("header") {
      Markup("h1") { report.title }
      Markup("p") { report.dataset }
      Tile.list(tiles(report))
      Markup("p") {
        "Weights digest "
        Markup("code") { report.end.weightsDigest }
      }
      Markup("p") {
        "Command "
        Markup("code") { report.command }
      }
    }
  }

  private static func tile(ofBest epoch: RecordedEpoch) -> Tile {
    let accuracy = FigureText.percentage(epoch.testAccuracy)
    return switch BestEpochBasis(epoch) {
    case .testAccuracy:
      Tile(
        name: "Best test accuracy", value: accuracy,
        note: "epoch \(epoch.epoch), chosen on the test set")
    case .validationLoss:
      Tile(
        name: "Test accuracy at the best validation loss", value: accuracy,
        note: "epoch \(epoch.epoch)")
    }
  }

  private static func tiles(_ report: RunReport) -> [Tile] {
    let end = report.end
    var tiles = [
      Tile(name: "Test accuracy", value: FigureText.percentage(end.testAccuracy))
    ]
    if let best = report.epochs.best(of: end) { tiles.append(tile(ofBest: best)) }
    tiles += [
      Tile(
        name: "Epochs", value: FigureText.count(report.epochs.last?.epoch ?? 0),
        note: end.endedBy.map { "ended by \($0)" }),
      Tile(name: "Steps", value: FigureText.count(end.step)),
      Tile(name: "Time", value: FigureText.duration(end.seconds)),
    ]
    return tiles
  }
}
