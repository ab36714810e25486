import Model

extension InferenceStep {
  /// The step with a batch norm of its output in its own weights.
  ///
  /// With `s = gamma / sqrt(running_var + epsilon)`, the weights of each output are multiplied by
  /// `s`, and the bias *b*, 0 if there is none, becomes `s (b - running_mean) + beta`. Computed in
  /// double precision.
  ///
  /// - Parameters:
  ///   - batchNorm: The batch norm.
  ///   - epsilon: What it adds to the variance.
  /// - Returns: The joined step; nil if this is neither a linear layer nor a convolution, or a value
  ///   would be too large for single precision.
  func folding(_ batchNorm: InferenceStep, epsilon: Float) -> InferenceStep? {
    switch formula {
    case .linear, .convolution: break
    default: return nil
    }
    func column(_ name: String) -> [Double] { batchNorm.tensor(name).values.map(Double.init) }
    let scale = zip(column("gamma"), column("running_var")).map { gamma, variance in
      gamma / (variance + Double(epsilon)).squareRoot()
    }
    let weight = tensor("weight")
    // The outputs are the weights' last axis.
    var weights = weight.values
    for index in weights.indices {
      weights[index] = Float(Double(weights[index]) * scale[index % scale.count])
    }
    let (mean, beta) = (column("running_mean"), column("beta"))
    let biases = scale.indices.map { output in
      let bias = tensors["bias"].map { Double($0.values[output]) } ?? 0
      return Float(scale[output] * (bias - mean[output]) + beta[output])
    }
    guard (weights + biases).allSatisfy(\.isFinite) else { return nil }
    var joined = self
    joined.tensors["weight"] = ExportedTensor(shape: weight.shape, values: weights)
    joined.tensors["bias"] = ExportedTensor(shape: [biases.count], values: biases)
    return joined
  }
}
