/// The kinds of work that a step consists of.
package enum StageKind: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
  /// Copying the batch's images into the first layer's input.
  case gather
  /// Forward of all layers, and the loss.
  case forward
  /// Merging the shards' batch-norm moments and sums.
  case merge
  /// Backward of all layers, without weight gradients.
  case backward
  /// Weight gradients over all shards, and the optimizer.
  case update
  /// Waiting for other workers at barriers.
  case wait
  /// Exchanging partial results, gradients and parameters with other ranks.
  case exchange
  /// Between steps, and what only some runs do: accumulating, clipping, limits, averages.
  case other

  /// Its words in tables and charts.
  package var title: String {
    switch self {
    case .gather: "gather"
    case .forward: "forward"
    case .merge: "merge"
    case .backward: "backward"
    case .update: "weight gradients and update"
    case .wait: "wait at barriers"
    case .exchange: "exchange with ranks"
    case .other: "other"
    }
  }
}

/// Seconds of a step by the kind of work, of all workers together.
package struct StageTimes: Codable, Sendable, Equatable {
  /// Steps that were averaged over.
  package var steps: Int
  /// Seconds a step of all workers together, for every kind.
  package var seconds: [StageKind: Double]

  /// Creates one from its parts.
  package init(steps: Int, seconds: [StageKind: Double]) {
    self.steps = steps
    self.seconds = seconds
  }

  /// Seconds a step of all kinds and workers together.
  package var total: Double { seconds.values.reduce(0, +) }
}
