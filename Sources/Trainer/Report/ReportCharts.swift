/// The curves of a run.
struct ReportCharts: Sendable {
  let report: RunReport

  init(_ report: RunReport) {
    self.report = report
  }

  /// Loss, accuracy, learning rate and throughput.
  var charts: [LineChart] {
    [
      LineChart(
        identifier: "loss", title: "Loss, mean of a sample",
        lines: lines(
          training: \.trainLoss, test: \.testLoss, validation: \.validationLoss, factor: 1),
        firstEpoch: firstEpoch,
        backdrop: finePoints(\.loss), bounds: .aboveZero, text: { FigureText.fixed($0, 4) }),
      LineChart(
        identifier: "accuracy", title: "Accuracy, %",
        lines: lines(
          training: \.trainAccuracy, test: \.testAccuracy, validation: \.validationAccuracy,
          factor: 100), firstEpoch: firstEpoch,
        backdrop: [], bounds: .percentage, text: { FigureText.fixed($0, 2) + " %" }),
      rate,
      throughput,
    ]
  }

  private var firstEpoch: Int { report.steps.isEmpty ? 1 : 0 }

  /// Single steps show a rate that changes within an epoch.
  private var rate: LineChart {
    let points = report.steps.isEmpty ? points(\.learningRate) : finePoints(\.learningRate)
    return LineChart(
      identifier: "rate", title: "Learning rate",
      lines: [.init(kind: .other, name: "learning rate", points: points)],
      firstEpoch: firstEpoch, backdrop: [],
      bounds: .fromZero, text: { $0.description })
  }

  private var throughput: LineChart {
    LineChart(
      identifier: "throughput", title: "Throughput, training samples a second",
      lines: [.init(kind: .other, name: "throughput", points: points(\.samplesPerSecond))],
      firstEpoch: firstEpoch,
      backdrop: finePoints(\.samplesPerSecond), bounds: .fromZero,
      text: { FigureText.fixed($0, 0) + " samples a second" })
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
    func line(_ kind: LineChart.Line.Kind, _ points: [LineChart.Point]) -> LineChart.Line {
      LineChart.Line(kind: kind, name: kind.rawValue, points: points)
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

  /// Steps at the part of their epoch that was done after them.
  private func finePoints(_ figure: KeyPath<RunReport.Step, Double>) -> [LineChart.Point] {
    var points: [LineChart.Point] = []
    var rest = report.steps[...]
    var before = (epoch: 0, step: 0)
    for epoch in report.epochs {
      let count = Double(epoch.step - before.step)
      while let step = rest.first, step.step <= epoch.step {
        rest.removeFirst()
        let part = Double(step.step - before.step) / count
        // Steps of an epoch that the records do not hold belong nowhere.
        if part > 0, epoch.epoch == before.epoch + 1 {
          points.append(
            LineChart.Point(x: Double(before.epoch) + part, y: step[keyPath: figure]))
        }
      }
      before = (epoch.epoch, epoch.step)
    }
    return points
  }
}
