import Model

/// The statements of a PyTorch module that computes an ``InferenceGraph``.
///
/// Images are N x channels x rows x columns. A layer with tensors, dropout and noise are modules
/// under their names; all else is a function.
struct PyTorchNetwork {
  /// The statements that make the modules.
  private(set) var modules: [String] = []
  /// The statements that compute the logits in the variable `x` from the input in it.
  private(set) var statements: [String] = []
  /// Whether images become rows by the function `flatten`.
  private(set) var flattensImages = false
  /// Whether there is a module `VanillaDropout`.
  private(set) var hasVanillaDropout = false
  /// Whether there is a module `GaussianNoise`.
  private(set) var hasNoise = false

  private let graph: InferenceGraph
  /// The variable that holds each value which a later step takes.
  private var variables: [Int: String] = [0: "x"]
  private var shortcutCount = 0

  /// Writes the statements.
  ///
  /// - Parameter graph: The graph.
  init(_ graph: InferenceGraph) {
    self.graph = graph
    for index in graph.steps.indices { add(index) }
  }

  private mutating func add(_ index: Int) {
    let step = graph.steps[index]
    let inputs = step.inputs.map { operand($0, of: step) }
    let target = variable(of: step.inputs[0], at: index)
    let expression = expression(step, inputs)
    let isNewShape = graph.shape(of: step.inputs[0]) != step.outputShape
    statements.append(
      "\(target) = \(expression)" + (isNewShape ? "  # \(Self.text(of: step.outputShape))" : ""))
    variables[index + 1] = target
  }

  /// The variable that a step's output takes the place of an input in.
  ///
  /// If a later step takes the input too, it is first kept in another variable.
  private mutating func variable(of value: Int, at index: Int) -> String {
    let variable = name(of: value)
    if graph.steps[(index + 1)...].contains(where: { $0.inputs.contains(value) }) {
      shortcutCount += 1
      let kept = "shortcut\(shortcutCount)"
      statements.append("\(kept) = \(variable)")
      variables[value] = kept
    }
    return variable
  }

  private func name(of value: Int) -> String {
    guard let name = variables[value] else { preconditionFailure("a step gave value \(value)") }
    return name
  }

  /// A value as a step takes it.
  private mutating func operand(_ value: Int, of step: InferenceStep) -> String {
    let (name, given) = (name(of: value), graph.shape(of: value))
    guard step.inputShape.image == nil, let image = given.image else { return name }
    // With one channel or one pixel the order of both is the same.
    if image.channels == 1 || image.rows * image.columns == 1 { return "\(name).flatten(1)" }
    flattensImages = true
    return "flatten(\(name))"
  }

  /// A shape of a batch with the channels first, such as `N x 32 x 14 x 14`.
  static func text(of shape: Shape) -> String {
    let extents = shape.image.map { [$0.channels, $0.rows, $0.columns] } ?? [shape.count]
    return (["N"] + extents.map(String.init)).joined(separator: " x ")
  }

  /// The expression of a step, and a module for it if it needs one.
  private mutating func expression(_ step: InferenceStep, _ inputs: [String]) -> String {
    let x = inputs[0]
    switch step.formula {
    case .linear:
      let bias = step.tensors["bias"] == nil ? ", bias=False" : ""
      return module(
        step, "nn.Linear(\(step.inputShape.count), \(step.outputShape.count)\(bias))", x)
    case .convolution(let rows, let columns, let groups):
      let convolution = PyTorchConvolution(step, rows: rows, columns: columns, groups: groups)
      return module(step, convolution.module, convolution.padded(x))
    case .maximum(let windows):
      return "F.max_pool2d(\(x), \(Self.arguments(windows)))"
    case .mean(let windows):
      return windows.coversImage
        ? "\(x).mean((2, 3), keepdim=True)" : "F.avg_pool2d(\(x), \(Self.arguments(windows)))"
    case .batchNorm(let epsilon):
      let dimensions = step.inputShape.image == nil ? 1 : 2
      let features = step.tensor("gamma").values.count
      return module(step, "nn.BatchNorm\(dimensions)d(\(features), eps=\(epsilon))", x)
    case .relu: return "F.relu(\(x))"
    case .leakyReLU(let slope): return "F.leaky_relu(\(x), \(slope))"
    case .gelu: return "F.gelu(\(x))"
    case .silu: return "F.silu(\(x))"
    case .dropout(let rate, let mode, let unit):
      let dimensions = unit == .channel ? "2d" : ""
      if mode == .inverted { return module(step, "nn.Dropout\(dimensions)(\(rate))", x) }
      hasVanillaDropout = true
      return module(step, "VanillaDropout(nn.Dropout\(dimensions)(\(rate)))", x)
    case .noise(let deviation):
      hasNoise = true
      return module(step, "GaussianNoise(\(deviation))", x)
    case .sum: return "\(x) + \(inputs[1])"
    }
  }

  private mutating func module(
    _ step: InferenceStep, _ constructor: String, _ input: String
  ) -> String {
    modules.append("self.\(step.name) = \(constructor)")
    return "self.\(step.name)(\(input))"
  }

  private static func arguments(_ windows: PoolWindows) -> String {
    windows.stride == windows.rows
      ? "\(windows.rows)" : "\(windows.rows), stride=\(windows.stride)"
  }
}
