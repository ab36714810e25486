/// The kinds of work that a step consists of.
package enum StageKind: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
  /// Copying the batch's images into the first layer's input.
  case gather
  /// The forward pass of all layers, and the loss.
  case forward
  /// Merging the leaves' partial results: moments, and sums such as a bias's gradient.
  case merge
  /// The backward pass of all layers, without weight gradients.
  case backward
  /// Weight gradients over all blocks, and the optimizer's update.
  case update
  /// Waiting for other workers at barriers.
  case wait
  /// Exchanging partial results, gradients and parameters with other ranks.
  case exchange
  /// Work between steps, and optional work: gradient accumulation and clipping, limits of weight
  /// norms, and moving averages.
  case other

  /// The title in tables and charts.
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
