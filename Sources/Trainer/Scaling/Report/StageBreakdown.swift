import Pages
import Training

/// The division of the workers' time of a series among stages.
struct StageBreakdown: Sendable {
  let series: ScalingSeries
  /// The title, which distinguishes the series from others.
  let title: String
  /// A name that is unique on the page.
  let identifier: String

  /// The stages; exchanges are left out if there is only one rank.
  private var kinds: [StageKind] {
    let hasRanks = series.points.contains { $0.configuration.ranks > 1 }
    return StageKind.allCases.filter { $0 != .exchange || hasRanks }
  }

  /// The chart.
  var chart: StackedBars {
    StackedBars(
      identifier: identifier, title: "Share of worker time, %: \(title)",
      parts: kinds.map {
        .init(style: $0.style, letter: $0.letter, name: $0.title)
      },
      rows: series.points.map { point in
        let total = point.stages.total
        return .init(
          label: point.configuration.label,
          shares: kinds.map { kind in
            total > 0 ? (point.stages.seconds[kind] ?? 0) / total : 0
          })
      })
  }

  /// The same figures as numbers.
  var table: FigureTable {
    FigureTable(
      label: "Time by stage: \(title)",
      columns: ["workers"] + kinds.map { "\($0.title), ms" } + ["all, ms"],
      rows: series.points.map { point in
        [point.configuration.label]
          + kinds.map { cell(point.stages.seconds[$0], of: point.stages.total) }
          + [FigureText.fixed(point.stages.total * 1e3, 3)]
      }, isWide: true)
  }

  private func cell(_ seconds: Double?, of total: Double) -> String {
    guard let seconds else { return "–" }
    let share = total > 0 ? seconds / total : 0
    return "\(FigureText.fixed(seconds * 1e3, 3)) (\(FigureText.fixed(share * 100, 1)) %)"
  }
}

extension StageKind {
  /// Its class in the style sheet.
  fileprivate var style: String { self == .other ? "rest" : rawValue }

  /// Its letter in bars.
  fileprivate var letter: String {
    switch self {
    case .gather: "G"
    case .forward: "F"
    case .merge: "M"
    case .backward: "B"
    case .update: "U"
    case .wait: "W"
    case .exchange: "X"
    case .other: "O"
    }
  }
}
