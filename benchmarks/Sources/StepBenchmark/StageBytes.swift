import Model

/// Bytes that the element-wise stages of a step move, by the shapes of what they work on.
///
/// Counted is every matrix with a row a sample, once where a stage reads it and once where it
/// writes it. Left out are values of a row or a column alone, partial results and their merges, and
/// lines that are fetched only to be overwritten.
enum StageBytes {
  private static let float = MemoryLayout<Float>.stride

  /// Counts a batch.
  ///
  /// - Parameters:
  ///   - network: The network, whose batch norms are joined with what follows them.
  ///   - batchSize: Its rows.
  /// - Returns: Bytes by the stage's name; stages of matrix products are left out.
  static func ofStep(network: Network, batchSize: Int) -> [String: Int] {
    let pixels = network.layers[0].inputShape.count
    var ofRow = [
      // A byte a pixel becomes a float.
      "gather": pixels * (1 + float),
      // Logits; their gradient.
      "loss": 2 * network.loss.classCount * float,
    ]
    for case let layer as BatchNormReLUDropout in network.layers {
      let row = layer.outputShape.count * float
      // The input's moments.
      ofRow["forward \(layer.name)"] = row
      // The input; the output, rectified and dropped in the same pass.
      ofRow["normalize \(layer.name)"] = 2 * row
      // Gradient, output and input; the gradient again.
      ofRow["backward \(layer.name)"] = 4 * row
      // Gradient and input; the gradient again.
      ofRow["finish backward \(layer.name)"] = 3 * row
    }
    return ofRow.mapValues { $0 * batchSize }
  }
}
