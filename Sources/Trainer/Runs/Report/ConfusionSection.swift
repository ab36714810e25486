import Pages
import Training

/// Which classes the model takes for which.
struct ConfusionSection: Sendable {
  let summary: ConfusionSummary

  /// A table of more classes has narrow columns.
  private static let smallLimit = 16

  /// Takes a matrix.
  ///
  /// - Parameters:
  ///   - matrix: How often a class (row) was predicted as a class (column).
  ///   - classAccuracy: For each class the share of its samples predicted right.
  init(matrix: [[Int]], classAccuracy: [Double?]) {
    summary = ConfusionSummary(matrix: matrix, classAccuracy: classAccuracy)
  }

  /// The section.
  var markup: Markup {
    Markup("section") {
      Markup("h2") { "Confusion matrix" }
      if summary.needsLists { lists } else { table }
    }
  }

  private var matrix: [[Int]] { summary.matrix }

  private var table: Markup {
    // Mistakes are never many beside the rest, so that they are shaded by the most frequent one.
    let most = Double(summary.confusions.first?.count ?? 1)
    return Markup([
      Markup("p", ["class": "note"]) {
        "A row for each class, a column for each prediction. Blue: predicted right, by the share of "
          + "the class. Orange: taken for another class, by the share of the most frequent mistake."
      },
      scrolling("Confusion matrix") {
        Markup(
          "table", ["class": matrix.count > Self.smallLimit ? "confusion large" : "confusion"]
        ) {
          Markup("thead") {
            Markup("tr") {
              Markup("th", ["scope": "col"]) { "class" }
              matrix.indices.map { label in Markup("th", ["scope": "col"]) { "\(label)" } }
              Markup("th", ["scope": "col"]) { "right" }
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
      Markup("th", ["scope": "row"]) { "\(label)" }
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
            "title": "class \(label) predicted as \(prediction): \(cell) of \(count)",
          ]
        ) { "\(cell)" }
      }
      Markup("td", ["class": "share"]) { accuracy(label) }
    }
  }

  /// What is worst, where a whole table would be too large.
  private var lists: Markup {
    Markup([
      Markup("p", ["class": "note"]) { summary.listNote },
      Markup("div", ["class": "columns"]) {
        FigureTable(
          label: "Classes with the least accuracy",
          columns: ["class", "samples", "right", "most often taken for"],
          rows: summary.worstClasses.map { label in
            [
              "\(label)", FigureText.count(summary.sampleCount(of: label)), accuracy(label),
              mostFrequentMistake(of: label),
            ]
          }
        ).markup
        if !summary.frequentConfusions.isEmpty {
          FigureTable(
            label: "Most frequent mistakes", columns: ["class", "predicted as", "samples"],
            rows: summary.frequentConfusions.map {
              ["\($0.label)", "\($0.prediction)", FigureText.count($0.count)]
            }
          ).markup
        }
      },
    ])
  }

  private func mostFrequentMistake(of label: Int) -> String {
    summary.mostFrequentMistake(of: label)
      .map { "\($0.prediction) (\(FigureText.count($0.count)))" } ?? "–"
  }

  private func accuracy(_ label: Int) -> String {
    summary.classAccuracy[label].map { FigureText.fixed($0 * 100, 1) + " %" } ?? "–"
  }
}
