import ImageData
import Model
import Pages
import Parallel
import Training

/// Texts for the terminal and the report; those for the terminal only are ASCII.
extension ScalingResult {
  /// The engine that computed matrix products.
  ///
  /// Experiments of versions with one engine do not name it.
  package var engine: Engine { plan.settings["engine"].flatMap(Engine.init) ?? .openblas }

  /// The network's layers, such as `784-512-256-10` for a perceptron, or as the model describes
  /// them; nil if the settings do not contain them.
  var network: String? {
    guard let text = plan.settings["model"]?.description else { return nil }
    do {
      guard let perceptron = Perceptron(try ModelDescription(text)) else { return text }
      let layers = perceptron.hidden.map { "-\($0)" }.joined()
      return "\(dataset.imageSize.valueCount)\(layers)-\(dataset.classes)"
    } catch {
      // A kind of layer of a later version.
      return text
    }
  }

  /// The number and the length of the measurements.
  var effort: String {
    let repeats = counted(plan.repeats, "repeat")
    if let seconds = plan.seconds { return "\(repeats) of \(FigureText.short(seconds)) s" }
    if let steps = plan.steps { return "\(repeats) of \(counted(steps, "step"))" }
    return repeats
  }

  /// The findings, warnings before notes.
  var sortedFindings: [ScalingFinding] {
    findings.filter { $0.severity == .warning } + findings.filter { $0.severity != .warning }
  }

  /// The simulation, if predictions for other machines were requested.
  ///
  /// Predictions for measured points alone are not shown.
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
  /// The title: what all points of the series share, and no other series has.
  func title(mode: ScalingMode) -> String {
    switch mode {
    case .strong: "batch \(batchSize), shard \(shardSize)"
    case .weak: "batch \(batchSize) per worker, shard \(shardSize)"
    }
  }
}

extension CPUTopology {
  /// The processors in one line.
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
  /// The effect on workers.
  var words: String {
    switch self {
    case .none: "workers not bound"
    case .compact: "workers bound, compact"
    case .spread: "workers bound, spread"
    }
  }
}

extension MeasuredConfiguration {
  /// Ranks and threads as a short text for tables: `1 thread` or `2 × 4 threads`.
  var label: String {
    (ranks == 1 ? "" : "\(ranks) × ") + counted(threads, "thread")
  }

  /// The configuration as ASCII text: `2 ranks of 4 threads, batch 512, shard 64`.
  package var words: String {
    (ranks == 1 ? "" : "\(ranks) ranks of ")
      + "\(counted(threads, "thread")), batch \(batchSize), shard \(shardSize)"
  }
}
