/// The options of an export to ONNX.
package struct ONNXOptions: Sendable, Equatable {
  /// The kind of the graph's input.
  package enum Input: String, Sendable, CaseIterable {
    /// Numbers from 0 to 1, N x channels x rows x columns.
    case floats
    /// Bytes, N x rows x columns x channels, which the graph divides by 255.
    case bytes
  }

  /// The kind of the graph's input.
  package var input: Input
  /// Whether batch norms become part of the layers directly before them.
  package var foldsBatchNorms: Bool

  /// Creates options.
  ///
  /// - Parameters:
  ///   - input: What the graph takes.
  ///   - foldsBatchNorms: Whether batch norms become part of the layers directly before them.
  package init(input: Input = .floats, foldsBatchNorms: Bool = false) {
    self.input = input
    self.foldsBatchNorms = foldsBatchNorms
  }
}
