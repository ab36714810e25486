import Pages

/// The curves of several runs, in one chart for each metric.
struct RunCurves: Sendable {
  /// The runs that are drawn, with their names.
  private let drawn: [(name: String, epochs: [RecordedEpoch])]
  private let runCount: Int
  private let hasValidation: Bool

  /// Chooses the most accurate runs if there are more than can be told apart.
  ///
  /// - Parameter table: The runs.
  init(_ table: RunTable) {
    let runs = zip(table.shownNames, table.runs).compactMap { name, run in
      run.metrics.flatMap { $0.epochs.isEmpty ? nil : (name: name, epochs: $0.epochs) }
    }
    let hasValidation =
      !runs.isEmpty && runs.allSatisfy { $0.epochs.allSatisfy { $0.validationAccuracy != nil } }
    func accuracy(_ epochs: [RecordedEpoch]) -> Double {
      (hasValidation ? epochs.last?.validationAccuracy : epochs.last?.testAccuracy) ?? 0
    }
    let best = runs.enumerated().sorted {
      let values = (accuracy($0.element.epochs), accuracy($1.element.epochs))
      return values.0 == values.1 ? $0.offset < $1.offset : values.0 > values.1
    }.prefix(LineStyle.seriesLimit)
    drawn = best.sorted { $0.offset < $1.offset }.map(\.element)
    runCount = runs.count
    self.hasValidation = hasValidation
  }

  /// A note about runs that are not drawn; nil if all are.
  var note: String? {
    if runCount == drawn.count { return drawn.isEmpty ? "No run has finished an epoch." : nil }
    return "The \(drawn.count) of \(runCount) runs with the highest "
      + "\(hasValidation ? "validation" : "test") accuracy after their last epoch."
  }

  /// The charts of accuracy and loss by epoch.
  var charts: [LineChart] {
    if drawn.isEmpty { return [] }
    let validation: [LineChart] =
      hasValidation
      ? [
        accuracy("validation", "Validation accuracy, %") { $0.validationAccuracy },
        loss("validation-loss", "Validation loss, mean per sample") { $0.validationLoss },
      ] : []
    return validation + [
      accuracy("test", "Test accuracy, %") { $0.testAccuracy },
      loss("test-loss", "Test loss, mean per sample") { $0.testLoss },
      loss("train-loss", "Training loss, mean per sample") { $0.trainLoss },
    ]
  }

  private func accuracy(
    _ identifier: String, _ title: String, _ value: (RecordedEpoch) -> Double?
  ) -> LineChart {
    LineChart(
      identifier: identifier, title: title, lines: lines { value($0).map { $0 * 100 } },
      bounds: .percentage, text: { FigureText.fixed($0, 2) + " %" })
  }

  private func loss(
    _ identifier: String, _ title: String, _ value: (RecordedEpoch) -> Double?
  ) -> LineChart {
    LineChart(
      identifier: identifier, title: title, lines: lines(value), bounds: .aboveZero,
      text: { FigureText.loss($0) })
  }

  private func lines(_ value: (RecordedEpoch) -> Double?) -> [LineChart.Line] {
    drawn.enumerated().map { index, run in
      LineChart.Line(
        style: .series(index), name: run.name,
        points: run.epochs.compactMap { epoch in
          value(epoch).map { LineChart.Point(x: Double(epoch.epoch), y: $0) }
        })
    }
  }
}
