import Files
import Pages
import Parallel
import Training

/// The metrics of models on a test set, formatted as text for a terminal.
package struct EvaluationText: Sendable {
  private let evaluation: ModelEvaluation
  private let titles: ClassTitles
  private let summary: ConfusionSummary

  /// The usual width of a terminal, in columns.
  private static let width = 80

  /// Prepares the text.
  ///
  /// - Parameters:
  ///   - evaluation: The metrics.
  ///   - classNames: The classes' names, class 0 first; nil if unknown. They are shown if the lines
  ///     then fit into 80 columns.
  package init(_ evaluation: ModelEvaluation, classNames: [String]?) {
    self.evaluation = evaluation
    titles = ClassTitles(classNames)
    summary = ConfusionSummary(
      matrix: evaluation.confusionMatrix, classAccuracy: evaluation.classAccuracy)
  }

  /// Loss and accuracy in one line.
  private var figures: String {
    "loss \(FigureText.loss(evaluation.loss, decimals: 6))  "
      + "accuracy \(FigureText.percentage(evaluation.accuracy)) of "
      + "\(counted(evaluation.samples, "sample"))" + views
  }

  /// Loss and accuracy, then the confusion matrix; for many classes, lists of the worst classes and
  /// the most frequent mistakes instead.
  package var lines: [String] {
    [
      figures,
      "",
    ] + (evaluation.members.map(lines(of:)) ?? []) + (summary.needsLists ? lists : matrix)
  }

  /// Each model alone, and how often all agree.
  private func lines(of members: ModelEvaluation.Members) -> [String] {
    let table = TextTable(
      columns: [
        TextTable.Column("model", .left), TextTable.Column("loss"), TextTable.Column("accuracy"),
      ],
      rows: members.models.map {
        [
          $0.model.printable, FigureText.loss($0.loss, decimals: 6),
          FigureText.percentage($0.accuracy),
        ]
      })
    let agreement =
      "The mean of \(counted(members.models.count, "model")), which all predict the same class for "
      + "\(FigureText.percentage(members.agreement)) of the samples. Alone:"
    return wrapped(agreement) + table.lines(width: Self.width) + [""]
  }

  private func wrapped(_ sentence: String) -> [String] {
    TerminalText.wrapped(sentence, width: Self.width, indent: 0)
  }

  /// The number of views, if there are several.
  private var views: String {
    evaluation.views == 1 ? "" : ", by the mean of \(evaluation.views) views of each"
  }

  private var matrix: [String] {
    var lines = table(names: titles.names)
    if lines.contains(where: { $0.count > Self.width }) { lines = table(names: nil) }
    return ["Confusion matrix (rows: classes, columns: predictions), with accuracies:"] + lines
  }

  private func table(names: [String]?) -> [String] {
    let classes = summary.matrix.indices
    let columns =
      [TextTable.Column("class")] + (names == nil ? [] : [TextTable.Column("", .left)])
      + [TextTable.Column("accuracy")] + classes.map { TextTable.Column("\($0)") }
    let rows = classes.map { label in
      ["\(label)"] + (names.map { [$0[label]] } ?? []) + [accuracy(of: label)]
        + summary.matrix[label].map(String.init)
    }
    return TextTable(columns: columns, rows: rows).lines(width: Self.width)
  }

  private var lists: [String] {
    let worst = TextTable(
      columns: [
        TextTable.Column("class", .left), TextTable.Column("samples"),
        TextTable.Column("accuracy"), TextTable.Column("most often predicted as", .left),
      ],
      rows: summary.worstClasses.map { label in
        [
          titles.title(of: label), "\(summary.sampleCount(of: label))", accuracy(of: label),
          summary.mostFrequentMistake(of: label)
            .map { "\(titles.title(of: $0.prediction)) (\($0.count))" } ?? "-",
        ]
      })
    let frequent = TextTable(
      columns: [
        TextTable.Column("class", .left), TextTable.Column("predicted as", .left),
        TextTable.Column("samples"),
      ],
      rows: summary.frequentConfusions.map {
        [titles.title(of: $0.label), titles.title(of: $0.prediction), "\($0.count)"]
      })
    return wrapped(summary.listNote) + [""] + worst.lines(width: Self.width)
      + (frequent.rows.isEmpty ? [] : [""] + frequent.lines(width: Self.width))
  }

  private func accuracy(of label: Int) -> String {
    evaluation.classAccuracy[label].map(FigureText.percentage) ?? "-"
  }
}
