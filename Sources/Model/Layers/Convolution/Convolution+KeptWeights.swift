import Parallel

/// The copies of the weights that the native engine keeps: transformed for Winograd's filtering,
/// turned for the input's gradient, and both.
extension Convolution {
  /// The turned weights are kept for the native engine.
  private var keepsTurned: Bool { engine == .native && givesInputGradient }
  /// Where the turned weights are kept: after the transformed weights.
  var turnedOffset: Int { winograd?.weightCount ?? 0 }
  /// Where the transformed turned weights are kept.
  var turnedTransformedOffset: Int { turnedOffset + paddedCount(weightCount) }
  /// The transformed weights, the turned weights and the transformed turned weights, as far as they
  /// are needed.
  package var keptCount: Int {
    guard keepsTurned else { return evaluationKeptCount }
    return gradientWinograd.map { turnedTransformedOffset + $0.weightCount }
      ?? turnedOffset + weightCount
  }
  /// The transformed weights: only backward reads the turned ones.
  package var evaluationKeptCount: Int { winograd?.weightCount ?? 0 }

  /// Brings the turned weights up to date.
  package func parametersChanged(_ range: Range<Int>, memory: LayerMemory) {
    guard keepsTurned else { return }
    var rest = range.clamped(to: 0..<weightCount)
    while !rest.isEmpty {
      let panel = rest.lowerBound / (panels.width * panels.rows)
      let columns = panels.columns(of: panel)
      let (row, column) = (rest.lowerBound - panels.offset(of: panel))
        .quotientAndRemainder(dividingBy: columns.count)
      let count = min(columns.count - column, rest.count)
      let output = columns.lowerBound + column
      if let place = turned.place(term: row, output: output % groupOutputs) {
        let to = memory.kept + turnedOffset + output / groupOutputs * turned.count + place.offset
        let from = memory.parameters + rest.lowerBound
        for index in 0..<count { to[index * place.stride] = from[index] }
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Whether the kernels read transformed weights.
  package var transformsParameters: Bool { winograd != nil || gradientWinograd != nil }

  /// Transforms the weights, and the turned weights.
  package func transformParameters(part: Int, of parts: Int, memory: LayerMemory) {
    winograd?.transformWeights(
      part: part, of: parts, memory.parameters, into: memory.kept)
    gradientWinograd?.transformWeights(
      part: part, of: parts, memory.kept + turnedOffset,
      into: memory.kept + turnedTransformedOffset)
  }

  /// Transforms the weights.
  package func prepareEvaluation(_ memory: LayerMemory) {
    winograd?.transformWeights(part: 0, of: 1, memory.parameters, into: memory.kept)
  }
}
