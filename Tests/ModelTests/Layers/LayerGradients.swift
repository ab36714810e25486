import Testing

@testable import Model

/// Holds a layer's output and gradients against a twin in double precision and its differences.
///
/// - Parameters:
///   - layer: The layer.
///   - rows: Rows of the batch.
///   - shardSize: Rows of a shard.
///   - parameters: Values of each parameter tensor.
///   - samples: The rows' sample numbers.
///   - location: The caller.
///   - twin: The output (rows, output count) from the input and the parameters, each tensor flat.
func checkLayer(
  _ layer: any Layer, rows: Int, shardSize: Int, parameters: [[Float]] = [],
  samples: [UInt32]? = nil, location: SourceLocation = #_sourceLocation,
  twin: (_ x: Twin.Matrix, _ parameters: [[Double]]) -> Twin.Matrix
) {
  var random = RandomValues(17)
  let inputCount = layer.inputShape.count
  let x = random.normal(rows * inputCount)
  let dy = random.normal(rows * layer.outputShape.count)
  let dyRows = dy.doubles.matrix(columns: layer.outputShape.count)
  let run = LayerRun(
    layer, rows: rows, shardSize: shardSize, workers: 2, parameters: parameters, samples: samples)
  let output = run.forward(x)
  let gradients = run.backward(dy)

  let exact = parameters.map(\.doubles)
  let expected = twin(x.doubles.matrix(columns: inputCount), exact).flatMap(\.self)
  #expect(largestRelativeDifference(output, expected) < 1e-5, "output", sourceLocation: location)

  let inputGradient = derivatives(at: x.doubles) {
    product(twin($0.matrix(columns: inputCount), exact), dyRows)
  }
  #expect(
    largestRelativeDifference(gradients.input, inputGradient) < 1e-5, "input's gradient",
    sourceLocation: location)
  for (index, tensor) in layer.parameters.enumerated() {
    let expected = derivatives(at: exact[index]) { values in
      var changed = exact
      changed[index] = values
      return product(twin(x.doubles.matrix(columns: inputCount), changed), dyRows)
    }
    #expect(
      largestRelativeDifference(gradients.parameters[index], expected) < 1e-5,
      "gradient of \(tensor.name)", sourceLocation: location)
  }
}

/// Shard sizes for a batch of 13 rows: whole, uneven, with a last shard of one row, and single
/// rows.
let shardSizesOf13 = [13, 5, 4, 1]
