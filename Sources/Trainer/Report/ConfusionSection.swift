/// Which classes the model takes for which.
struct ConfusionSection: Sendable {
  let matrix: [[Int]]
  let classAccuracy: [Double?]

  /// A larger table than this many classes is one that nobody reads.
  static let tableLimit = 32
  /// A table of more classes has narrow columns.
  private static let smallLimit = 16
  /// Rows of the lists that stand in its place.
  static let listLimit = 20

  /// The section.
  var markup: Markup {
    Markup("section") {
      Markup("h2") { "Confusion matrix" }
      if matrix.count <= Self.tableLimit { table } else { lists }
    }
  }

  /// Mistakes: never many beside the rest, so that they are shaded by the most frequent one.
  private var confusions: [(label: Int, prediction: Int, count: Int)] {
    matrix.enumerated().flatMap { label, row in
      row.enumerated().compactMap { prediction, count in
        prediction == label || count == 0 ? nil : (label, prediction, count)
      }
    }
  }

  private var table: Markup {
    let most = Double(confusions.map(\.count).max() ?? 1)
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
    let count = matrix[label].reduce(0, +)
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
    let worst = matrix.indices.filter { classAccuracy[$0] != nil }
      .sorted { (classAccuracy[$0] ?? 1, $0) < (classAccuracy[$1] ?? 1, $1) }
    let frequent = confusions.sorted {
      ($1.count, $0.label, $0.prediction) < ($0.count, $1.label, $1.prediction)
    }
    return Markup([
      Markup("p", ["class": "note"]) {
        "\(matrix.count) classes make too large a table: these are the "
          + "\(min(Self.listLimit, worst.count)) classes with the least accuracy and the "
          + "\(min(Self.listLimit, frequent.count)) most frequent mistakes."
      },
      Markup("div", ["class": "columns"]) {
        FigureTable(
          label: "Classes with the least accuracy",
          columns: ["class", "samples", "right", "most often taken for"],
          rows: worst.prefix(Self.listLimit).map { label in
            [
              "\(label)", FigureText.count(matrix[label].reduce(0, +)), accuracy(label),
              mostFrequentMistake(of: label),
            ]
          }
        ).markup
        if !frequent.isEmpty {
          FigureTable(
            label: "Most frequent mistakes", columns: ["class", "predicted as", "samples"],
            rows: frequent.prefix(Self.listLimit).map {
              ["\($0.label)", "\($0.prediction)", FigureText.count($0.count)]
            }
          ).markup
        }
      },
    ])
  }

  private func mostFrequentMistake(of label: Int) -> String {
    let mistakes = matrix[label].enumerated().filter { $0.offset != label && $0.element > 0 }
    let most = mistakes.max { ($0.element, $1.offset) < ($1.element, $0.offset) }
    return most.map { "\($0.offset) (\(FigureText.count($0.element)))" } ?? "–"
  }

  private func accuracy(_ label: Int) -> String {
    classAccuracy[label].map { FigureText.fixed($0 * 100, 1) + " %" } ?? "–"
  }
}
