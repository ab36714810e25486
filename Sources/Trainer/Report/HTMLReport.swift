import Model

/// A run's report as one HTML file that needs no other: pictures, curves and style are in it.
public enum HTMLReport {
  /// Writes a report.
  ///
  /// - Parameters:
  ///   - report: What it says.
  ///   - path: The file, replaced at once when the new one is whole.
  /// - Throws: `WeightsError` where it cannot be written, ``TrainerError`` where an image cannot be
  ///   encoded.
  public static func write(_ report: RunReport, path: String) throws {
    let html = try render(report)
    try AtomicFile.replace(path: path) { try $0.write(Array(html.utf8)) }
  }

  /// Makes the page.
  ///
  /// - Parameter report: What it says.
  /// - Returns: HTML that is well-formed XML too.
  /// - Throws: ``TrainerError`` where an image cannot be encoded.
  public static func render(_ report: RunReport) throws -> String {
    let mistakes = try MistakeSection(report.outcome)
    let page = Markup("html", ["lang": "en"]) {
      Markup("head") {
        Markup("meta", ["charset": "utf-8"])
        Markup("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        Markup("title") { "\(report.title) – training run" }
        Markup("style") { Markup(constant: ReportStyle.sheet) }
      }
      Markup("body") {
        heading(report)
        Markup("section") {
          Markup("h2") { "Curves" }
          Markup("div", ["class": "charts"]) { ReportCharts(report).charts.map(\.markup) }
          EpochTable(epochs: report.epochs).markup
        }
        ConfusionSection(
          matrix: report.outcome.confusionMatrix, classAccuracy: report.outcome.classAccuracy
        ).markup
        mistakes.markup
        Markup("div", ["class": "columns"]) {
          entries("Settings", report.settings)
          entries("Environment", report.environment)
        }
      }
    }
    return "<!DOCTYPE html>\n" + page.html
  }

  private static func heading(_ report: RunReport) -> Markup {
    Markup("header") {
      Markup("h1") { report.title }
      Markup("p") { report.dataset }
      Markup("dl", ["class": "tiles"]) {
        tiles(report).map { tile in
          Markup("div") {
            Markup("dt") { tile.name }
            Markup("dd") {
              tile.value
              if let note = tile.note { Markup("small") { note } }
            }
          }
        }
      }
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

  private static func tiles(_ report: RunReport) -> [(name: String, value: String, note: String?)] {
    let end = report.end
    var tiles: [(name: String, value: String, note: String?)] = [
      ("Test accuracy", FigureText.percentage(end.testAccuracy), nil)
    ]
    if let best = report.epochs.best {
      tiles.append(
        (
          "Best test accuracy", FigureText.percentage(best.testAccuracy),
          "after epoch \(best.epoch)"
        ))
    }
    tiles += [
      (
        "Epochs", FigureText.count(report.epochs.last?.epoch ?? 0),
        end.endedBy.map { "ended by \($0)" }
      ),
      ("Steps", FigureText.count(end.step), nil),
      ("Time", FigureText.duration(end.seconds), nil),
    ]
    return tiles
  }

  private static func entries(_ title: String, _ entries: [RunReport.Entry]) -> Markup {
    Markup("section") {
      Markup("h2") { title }
      Markup("table", ["class": "entries"]) {
        Markup("tbody") {
          entries.map { entry in
            Markup("tr") {
              Markup("th", ["scope": "row"]) { entry.name }
              Markup("td") { entry.value }
            }
          }
        }
      }
    }
  }
}
