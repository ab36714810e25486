import Pages

/// The curves of a report.
struct ReportCharts: Sendable {
  let report: RunReport

  init(_ report: RunReport) {
    self.report = report
  }

  /// The charts of loss, accuracy, learning rate and throughput by epoch.
  var charts: [LineChart] {
    [
      LineChart(
        identifier: "loss", title: "Loss, mean per sample",
        lines: lines(
          training: \.trainLoss, test: \.testLoss, validation: \.validationLoss, factor: 1),
        bounds: .aboveZero, text: { FigureText.loss($0) }),
      LineChart(
        identifier: "accuracy", title: "Accuracy, %",
        lines: lines(
          training: \.trainAccuracy, test: \.testAccuracy, validation: \.validationAccuracy,
          factor: 100),
        bounds: .percentage, text: { FigureText.fixed($0, 2) + " %" }),
      rate,
      throughput,
    ]
  }

  private var rate: LineChart {
    LineChart(
      identifier: "rate", title: "Learning rate",
      lines: [.init(style: .other, name: "learning rate", points: points(\.learningRate))],
      bounds: .fromZero, text: { $0.description })
  }

  private var throughput: LineChart {
    LineChart(
      identifier: "throughput", title: "Throughput, training samples per second",
      lines: [.init(style: .other, name: "throughput", points: points(\.samplesPerSecond))],
      bounds: .fromZero,
      text: { FigureText.fixed($0, 0) + " samples per second" })
  }

  private func lines(
    training: KeyPath<RecordedEpoch, Double>, test: KeyPath<RecordedEpoch, Double>,
    validation: KeyPath<RecordedEpoch, Double?>, factor: Double
  ) -> [LineChart.Line] {
    let held = report.epochs.compactMap { epoch in
      epoch[keyPath: validation].map {
        LineChart.Point(x: Double(epoch.epoch), y: $0 * factor)
      }
    }
    func line(_ style: LineStyle, _ points: [LineChart.Point]) -> LineChart.Line {
      LineChart.Line(style: style, name: style.classes, points: points)
    }
    return [
      line(.training, points(training, factor: factor)), line(.test, points(test, factor: factor)),
    ] + (held.isEmpty ? [] : [line(.validation, held)])
  }

  private func points(
    _ figure: KeyPath<RecordedEpoch, Double>, factor: Double = 1
  ) -> [LineChart.Point] {
    report.epochs.map { LineChart.Point(x: Double($0.epoch), y: $0[keyPath: figure] * factor) }
  }
}
