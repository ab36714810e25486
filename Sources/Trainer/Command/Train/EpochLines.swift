import Pages
import Training

/// The table that grows by a line with each epoch, in 80 columns.
struct EpochLines {
  private struct Column {
    let heading: String
    /// The least width; a longer value makes its line wider, and moves no other column.
    let width: Int
    /// Whether a wide gap is before it.
    let startsGroup: Bool
    let value: (EpochRecord) -> String

    init(
      _ heading: String, _ width: Int, startsGroup: Bool = true,
      _ value: @escaping (EpochRecord) -> String
    ) {
      self.heading = heading
      self.width = max(heading.count, width)
      self.startsGroup = startsGroup
      self.value = value
    }
  }

  private static let lineWidth = 80
  private let columns: [Column]
  private let groupGap: String

  /// Lays the table out.
  ///
  /// - Parameters:
  ///   - epochs: The run's epochs.
  ///   - validates: Whether samples are held out.
  init(epochs: Int, validates: Bool) {
    var columns = [
      Column("epoch", 2 * "\(epochs)".count + 1) { "\($0.epoch)/\(epochs)" },
      Column("train loss", 7) { Self.loss($0.training.loss) },
      Column("acc %", 6, startsGroup: false) { fixed($0.training.accuracy * 100, 2) },
    ]
    if validates {
      columns += [
        Column("val loss", 7) { $0.validation.map { Self.loss($0.loss) } ?? "-" },
        Column("acc %", 6, startsGroup: false) {
          $0.validation.map { fixed($0.accuracy * 100, 2) } ?? "-"
        },
      ]
    }
    self.columns =
      columns + [
        Column("test loss", 7) { Self.loss($0.test.loss) },
        Column("acc %", 6, startsGroup: false) { fixed($0.test.accuracy * 100, 2) },
        Column("time s", 6) { fixed($0.trainingSeconds, 2) },
        Column("samples/s", 9) { fixed($0.samplesPerSecond, 0) },
      ]
    let narrow = self.columns.reduce(-1) { $0 + $1.width + 1 }
    let wide = narrow + self.columns.dropFirst().count { $0.startsGroup }
    groupGap = wide <= Self.lineWidth ? "  " : " "
  }

  /// The names of the columns.
  var heading: String { line { $0.heading } }

  /// An epoch's line.
  func line(_ epoch: EpochRecord) -> String { line { $0.value(epoch) } }

  private func line(_ cell: (Column) -> String) -> String {
    columns.enumerated().map { index, column in
      let text = cell(column)
      let padding = String(repeating: " ", count: max(0, column.width - text.count))
      return (index == 0 ? "" : column.startsGroup ? groupGap : " ") + padding + text
    }.joined()
  }

  /// A loss in at most eight characters, or nine if its exponent has three digits.
  private static func loss(_ loss: Double) -> String {
    loss < 100 ? FigureText.loss(loss) : scientific(loss)
  }
}
