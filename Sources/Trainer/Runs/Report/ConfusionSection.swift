import Pages
import Training

/// The section of a report that shows the confusion matrix.
struct ConfusionSection: Sendable {
  let summary: ConfusionSummary
  private let titles: ClassTitles

  /// A table of more classes than this has narrow columns.
  private static let smallLimit = 16

  /// Creates a section.
  ///
  /// - Parameters:
  ///   - matrix: The number of samples by actual class (row) and predicted class (column).
  ///   - classAccuracy: For each class, the share of its samples predicted correctly; nil for a
  ///     class without samples.
  ///   - titles: The classes as they are shown.
  init(matrix: [[Int]], classAccuracy: [Double?], titles: ClassTitles) {
    self.titles = titles
    summary = ConfusionSummary(matrix: matrix, classAccuracy: classAccuracy)
  }

  /// The section as HTML.
  var markup: Markup {
    Markup("section") {
      Markup("h2") { "Confusion matrix" }
      if summary.needsLists { lists } else { table }
    }
  }

  private var matrix: [[Int]] { summary.matrix }

  private var table: Markup {
    // Mistakes are rare compared to correct predictions, so the most frequent one sets their scale.
    let most = Double(summary.confusions.first?.count ?? 1)
    return Markup([
      Markup("p", ["class": "note"]) {
        "One row per class, one column per predicted class. Blue: correct predictions, shaded by "
          + "their share of the class. Orange: mistakes, shaded relative to the most frequent one."
      },
      scrolling("Confusion matrix") {
        Markup(
          "table", ["class": matrix.count > Self.smallLimit ? "confusion large" : "confusion"]
        ) {
          Markup("thead") {
            Markup("tr") {
              Markup("th", ["scope": "col"]) { "class" }
              matrix.indices.map { label in
                Markup("th", ["scope": "col", "title": titles.title(of: label)]) { "\(label)" }
              }
              Markup("th", ["scope": "col"]) { "correct" }
            }
          }
          Markup("tbody") { matrix.indices.map { row($0, mostFrequent: most) } }
        }
      },
    ])
  }

  private func row(_ label: Int, mostFrequent: Double) -> Markup {
    let count = summary.sampleCount(of: label)
    return Markup("tr") {
      Markup("th", ["scope": "row"]) { titles.title(of: label) }
      matrix[label].enumerated().map { prediction, cell in
        let isRight = prediction == label
        let shade =
          cell == 0
          ? 0
          : isRight ? Double(cell) / Double(count) * 0.5 : 0.06 + 0.5 * Double(cell) / mostFrequent
        return Markup(
          "td",
          [
            "class": cell == 0 ? "none" : isRight ? "right" : "wrong",
            "style": "--shade:\(FigureText.fixed(shade, 3))",
            "title": "class \(titles.title(of: label)) predicted as "
              + "\(titles.title(of: prediction)): \(cell) of \(count)",
          ]
        ) { "\(cell)" }
      }
      Markup("td", ["class": "share"]) { accuracy(label) }
    }
  }

  /// Lists of the worst classes and mistakes, if the table would be too large.
  private var lists: Markup {
    Markup([
      Markup("p", ["class": "note"]) { summary.listNote },
      Markup("div", ["class": "columns"]) {
        FigureTable(
          label: "Classes with the lowest accuracy",
          columns: ["class", "samples", "correct", "most often predicted as"],
          rows: summary.worstClasses.map { label in
            [
              titles.title(of: label), FigureText.count(summary.sampleCount(of: label)),
              accuracy(label),
              mostFrequentMistake(of: label),
            ]
          }
        ).markup
        if !summary.frequentConfusions.isEmpty {
          FigureTable(
            label: "Most frequent mistakes", columns: ["class", "predicted as", "samples"],
            rows: summary.frequentConfusions.map {
              [
                titles.title(of: $0.label), titles.title(of: $0.prediction),
                FigureText.count($0.count),
              ]
            }
          ).markup
        }
      },
    ])
  }

  private func mostFrequentMistake(of label: Int) -> String {
    summary.mostFrequentMistake(of: label)
      .map { "\(titles.title(of: $0.prediction)) (\(FigureText.count($0.count)))" } ?? "–"
  }

  private func accuracy(_ label: Int) -> String {
    summary.classAccuracy[label].map { FigureText.fixed($0 * 100, 1) + " %" } ?? "–"
  }
}
