import Pages
import Parallel
import Training

/// Words that the terminal and the report share, in ASCII where they are only for the terminal.
extension ScalingResult {
  /// The widths of the network's layers; nil if the settings do not name them.
  var network: String? {
    guard let hidden = plan.settings["hidden"]?.description else { return nil }
    let widths =
      ["\(dataset.rows * dataset.columns)"] + (hidden == "none" ? [] : [hidden])
      + ["\(dataset.classes)"]
    return widths.joined(separator: "-").replacing(",", with: "-")
  }

  /// How often and how long.
  var effort: String {
    let repeats = counted(plan.repeats, "repeat")
    if let seconds = plan.seconds { return "\(repeats) of \(FigureText.short(seconds)) s" }
    if let steps = plan.steps { return "\(repeats) of \(counted(steps, "step"))" }
    return repeats
  }

  /// Findings, warnings before notes, else in their order.
  var sortedFindings: [ScalingFinding] {
    findings.filter { $0.severity == .warning } + findings.filter { $0.severity != .warning }
  }

  /// The simulation where other machines were asked about: what the model says of measured points alone
  /// is of use to nobody who did not.
  var shownSimulation: ScalingSimulation? {
    simulation.flatMap { $0.predictions.isEmpty ? nil : $0 }
  }

  /// Whether any configuration has more than one process.
  var hasRanks: Bool {
    series.contains { $0.points.contains { $0.configuration.ranks > 1 } }
      || (simulation?.validations.contains { $0.configuration.ranks > 1 } ?? false)
  }
}

extension ScalingSeries {
  /// What all points have in common, and no other series has.
  func title(mode: ScalingMode) -> String {
    switch mode {
    case .strong: "batch \(batchSize), shard \(shardSize)"
    case .weak: "batch \(batchSize) a worker, shard \(shardSize)"
    }
  }
}

extension CPUTopology {
  /// The processors in a line.
  var summary: String {
    let cores = Set(cpus.map(\.core)).count
    var words = [
      "\(counted(cpus.count, "CPU")) on \(counted(cores, "core"))",
      counted(Set(cpus.map(\.cache)).count, "last-level cache"),
      counted(Set(cpus.map(\.node)).count, "NUMA node"),
      counted(Set(cpus.map(\.package)).count, "package"),
    ]
    let usable = cpus.count(where: \.isUsable)
    if usable < cpus.count { words.append("\(counted(usable, "CPU")) usable") }
    return words.joined(separator: ", ")
  }
}

extension WorkerPlacement {
  /// What it does to workers.
  var words: String {
    switch self {
    case .none: "workers not bound"
    case .compact: "workers bound, compact"
    case .spread: "workers bound, spread"
    }
  }
}
