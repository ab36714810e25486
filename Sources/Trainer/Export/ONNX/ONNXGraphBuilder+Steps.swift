import Model

extension ONNXGraphBuilder {
  /// Adds the operations of a step.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - output: The name of the value that it gives.
  /// - Returns: That value.
  mutating func add(_ step: InferenceStep, output: String) -> Value {
    let inputs = step.inputs.map { operand($0, as: step.inputShape) }
    let name = step.name
    switch step.formula {
    case .linear:
      let weights = addConstants(step, ["weight", "bias"])
      add("Gemm", name: name, inputs + weights, output: output)
    case .convolution(let rows, let columns, let groups):
      // (rows, columns, in, out) to (out, in, rows, columns).
      let weights = addConstants(step, ["weight", "bias"], axes: ["weight": [3, 2, 0, 1]])
      add(
        "Conv", name: name, inputs + weights, output: output,
        Self.window(of: rows, columns).merging(["group": .integer(groups)]) { $1 })
    case .maximum(let windows):
      add("MaxPool", name: name, inputs, output: output, Self.window(of: windows))
    case .mean(let windows):
      if windows.coversImage {
        add("GlobalAveragePool", name: name, inputs, output: output)
      } else {
        add("AveragePool", name: name, inputs, output: output, Self.window(of: windows))
      }
    case .batchNorm(let epsilon):
      let constants = addConstants(step, ["gamma", "beta", "running_mean", "running_var"])
      add(
        "BatchNormalization", name: name, inputs + constants, output: output,
        ["epsilon": .number(epsilon)])
    case .relu:
      add("Relu", name: name, inputs, output: output)
    case .leakyReLU(let slope):
      add("LeakyRelu", name: name, inputs, output: output, ["alpha": .number(slope)])
    case .gelu:
      // Without an attribute it is the exact one, by erf.
      add("Gelu", name: name, inputs, output: output)
    case .silu:
      let sigmoid = "\(name).sigmoid"
      add("Sigmoid", name: sigmoid, inputs, output: sigmoid)
      add("Mul", name: name, inputs + [sigmoid], output: output)
    case .dropout(let rate, let mode, _):
      precondition(mode == .vanilla, "other dropout changes nothing and is left out")
      let factor = "\(name).kept"
      add(constant: factor, .scalar(Float(1 - rate)))
      add("Mul", name: name, inputs + [factor], output: output)
    case .noise:
      preconditionFailure("noise changes nothing and is left out")
    case .sum:
      add("Add", name: name, inputs, output: output)
    }
    let layout: Layout = step.outputShape.image == nil ? .row : .channelsFirst
    return Value(name: output, shape: step.outputShape, layout: layout)
  }

  /// Adds a step's tensors, as far as it has them, as constants.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - names: The names of the tensors within the step.
  ///   - axes: The order of the axes of those whose axes are moved.
  /// - Returns: The names of the constants.
  private mutating func addConstants(
    _ step: InferenceStep, _ names: [String], axes: [String: [Int]] = [:]
  ) -> [String] {
    names.compactMap { name in
      guard let tensor = step.tensors[name] else { return nil }
      let constant = "\(step.name).\(name)"
      add(constant: constant, axes[name].map(tensor.transposed) ?? tensor)
      return constant
    }
  }

  private typealias Attributes = [String: ONNXNode.Attribute]

  /// The attributes of a convolution's kernel: its size, step and padding, at the upper and left,
  /// then the lower and right edge.
  private static func window(of rows: KernelAxis, _ columns: KernelAxis) -> Attributes {
    [
      "kernel_shape": .integers([rows.size, columns.size]),
      "strides": .integers([rows.step, columns.step]),
      "pads": .integers([rows.before, columns.before, rows.after, columns.after]),
    ]
  }

  /// The attributes of a pool's windows, which lie within the image.
  private static func window(of windows: PoolWindows) -> Attributes {
    [
      "kernel_shape": .integers([windows.rows, windows.columns]),
      "strides": .integers([windows.stride, windows.stride]),
    ]
  }
}
