import Pages

/// The head of a report: name, state and results of the run.
struct ReportHeading: Sendable {
  let report: RunReport

  init(_ report: RunReport) {
    self.report = report
  }

  /// The head as HTML.
  var markup: Markup {
    Markup("header") {
      Markup("h1") { report.title }
      Markup("p") { report.dataset }
      state
      Tile.list(tiles)
      if case .ended(let run) = report.status {
        Markup("p") {
          "Weights digest "
          Markup("code") { run.end.weightsDigest }
        }
      }
      Markup("p") {
        "Command "
        Markup("code") { report.command }
      }
    }
  }

  /// A sentence about a run that has not ended, and a bar of its steps.
  private var state: Markup {
    switch report.status {
    case .running(let progress, let update):
      Markup([
        status("running") {
          Markup("b") { "Running." }
          " Updated at \(update.time). The page reloads itself; it is written after epochs and, "
          "while steps are computed, every \(update.interval) s. If the update is much older, the "
          "run was killed."
        }, bar(progress),
      ])
    case .stopped(let progress, .signal(let name, let resume)):
      Markup([
        status("stopped") {
          Markup("b") { "Stopped by \(name)" }
          " after step \(FigureText.count(progress.step)). Resume with "
          Markup("code") { resume }
        }, bar(progress),
      ])
    case .stopped(let progress, .failure(let error)):
      Markup([
        status("failed") {
          Markup("b") { "Failed" }
          " after step \(FigureText.count(progress.step)): \(error)"
        }, bar(progress),
      ])
    case .ended: Markup([])
    }
  }

  private func status(_ kind: String, @MarkupBuilder _ content: () -> Markup) -> Markup {
    Markup("p", ["class": "status \(kind)", "role": "status"], content)
  }

  private func bar(_ progress: RunProgress) -> Markup {
    Markup(
      "progress",
      [
        "value": "\(progress.step)", "max": "\(max(1, progress.stepLimit))",
        "aria-label": "Steps done",
      ]
    ) { "\(progress.step) of \(progress.stepLimit) steps" }
  }

  private var tiles: [Tile] {
    switch report.status {
    case .running(let progress, _): tiles(progress, isRunning: true)
    case .stopped(let progress, _): tiles(progress, isRunning: false)
    case .ended(let run): tiles(run.end)
    }
  }

  private func tiles(_ progress: RunProgress, isRunning: Bool) -> [Tile] {
    var tiles: [Tile] = []
    if let last = report.epochs.last {
      tiles.append(
        Tile(
          name: "Test accuracy", value: FigureText.percentage(last.testAccuracy),
          note: "epoch \(last.epoch)"))
    }
    if let best = report.epochs.best(of: nil) { tiles.append(Self.tile(ofBest: best)) }
    if let loss = progress.epochLoss {
      tiles.append(
        Tile(
          name: "Training loss", value: FigureText.loss(loss),
          note: "epoch \(progress.epoch + 1) so far"))
    }
    tiles += [
      Tile(
        name: "Epochs", value: FigureText.count(progress.epoch),
        note: "of \(FigureText.count(progress.epochLimit))"),
      Tile(
        name: "Steps", value: FigureText.count(progress.step),
        note: "of \(FigureText.count(progress.stepLimit))"),
      Tile(name: "Time", value: FigureText.duration(progress.seconds)),
    ]
    if isRunning, let seconds = progress.secondsLeft {
      tiles.append(
        Tile(
          name: "Time left", value: FigureText.duration(seconds),
          note: progress.mayEndEarlier ? "estimated; may end earlier" : "estimated"))
    }
    return tiles
  }

  private func tiles(_ end: RecordedEnd) -> [Tile] {
    var tiles = [Tile(name: "Test accuracy", value: FigureText.percentage(end.testAccuracy))]
    if let best = report.epochs.best(of: end) { tiles.append(Self.tile(ofBest: best)) }
    tiles += [
      Tile(
        name: "Epochs", value: FigureText.count(report.epochs.last?.epoch ?? 0),
        note: end.endedBy.map { "ended by \($0)" }),
      Tile(name: "Steps", value: FigureText.count(end.step)),
      Tile(name: "Time", value: FigureText.duration(end.seconds)),
    ]
    return tiles
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
}
