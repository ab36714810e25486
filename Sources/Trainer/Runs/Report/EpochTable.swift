import Pages

/// The table of a report with the metrics of each epoch.
struct EpochTable: Sendable {
  let epochs: [RecordedEpoch]

  /// The table as HTML, collapsed; `metrics.csv` contains all epochs.
  var markup: Markup {
    let rows = ThinnedRows(epochs)
    let validates = epochs.contains { $0.validationLoss != nil }
    return Markup("details") {
      Markup("summary") { rows.title("Metrics of", "epoch") }
      FigureTable(
        label: "Metrics of epochs", columns: names(validates: validates),
        rows: rows.shown.map { values($0, validates: validates) }
      ).markup
    }
  }

  private func names(validates: Bool) -> [String] {
    ["epoch", "step", "training loss", "accuracy"]
      + (validates ? ["validation loss", "accuracy"] : [])
      + ["test loss", "accuracy", "learning rate", "samples/s", "seconds"]
  }

  private func values(_ epoch: RecordedEpoch, validates: Bool) -> [String] {
    func loss(_ loss: Double?) -> String { loss.map { FigureText.loss($0) } ?? "–" }
    func share(_ share: Double?) -> String { share.map(FigureText.percentage) ?? "–" }
    return [
      "\(epoch.epoch)", "\(epoch.step)", loss(epoch.trainLoss), share(epoch.trainAccuracy),
    ]
      + (validates ? [loss(epoch.validationLoss), share(epoch.validationAccuracy)] : [])
      + [
        loss(epoch.testLoss), share(epoch.testAccuracy), epoch.learningRate.description,
        FigureText.fixed(epoch.samplesPerSecond, 0), FigureText.fixed(epoch.trainSeconds, 2),
      ]
  }
}
