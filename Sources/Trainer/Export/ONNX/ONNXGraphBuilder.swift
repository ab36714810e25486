import Model

/// Turns an ``InferenceGraph`` into ONNX's operators, whose images have the channels first.
///
/// Values are N x channels x rows x columns or N x values. A row of values that was an image is in
/// the order of this trainer, with the channels last, so that the weights of a linear layer stay as
/// they are.
struct ONNXGraphBuilder {
  /// The name of the batch's extent.
  static let batch = "N"
  /// The name of the graph's input.
  static let inputName = "images"
  /// The name of the last layer's output.
  static let logitsName = "logits"
  /// The name of the softmax of that.
  static let probabilitiesName = "probabilities"

  /// A value of the graph.
  struct Value {
    /// Its name.
    let name: String
    /// One sample, channels last.
    let shape: Shape
    /// The value's layout in the graph.
    let layout: Layout
  }

  /// The layout of a value in the graph.
  enum Layout: String {
    /// N x channels x rows x columns.
    case channelsFirst
    /// N x rows x columns x channels.
    case channelsLast
    /// N x values.
    case row
  }

  private(set) var nodes: [ONNXNode] = []
  private(set) var constants: [ONNXConstant] = []
  /// The input of the graph, as it is declared.
  let input: ONNXValue
  /// The input, then what each step gives.
  private var values: [Value] = []
  /// Values that were already brought to a layout, by their names and it.
  private var moved: [String: Value] = [:]

  /// Builds the operations of a graph.
  ///
  /// - Parameters:
  ///   - graph: The graph, whose last step gives the logits.
  ///   - kind: What the operations take.
  init(_ graph: InferenceGraph, input kind: ONNXOptions.Input) {
    let layout: Layout =
      graph.input.image == nil ? .row : kind == .bytes ? .channelsLast : .channelsFirst
    let extents = Self.extents(graph.input, layout)
    input = ONNXValue(
      name: Self.inputName, text: Self.text(of: kind, layout),
      type: kind == .bytes ? .byte : .float, extents: extents)
    values.append(Value(name: Self.inputName, shape: graph.input, layout: layout))
    if kind == .bytes { divideInput() }
    for (index, step) in graph.steps.enumerated() {
      let isLast = index == graph.steps.count - 1
      values.append(add(step, output: isLast ? Self.logitsName : step.name))
    }
    add(
      "Softmax", name: "softmax", [Self.logitsName], output: Self.probabilitiesName,
      ["axis": .integer(1)])
  }

  /// The extents of a value: the batch, then one sample.
  private static func extents(_ shape: Shape, _ layout: Layout) -> [ONNXValue.Extent] {
    let sample =
      switch layout {
      case .row: [shape.count]
      case .channelsLast: shape.extents
      case .channelsFirst: [shape.extents[2], shape.extents[0], shape.extents[1]]
      }
    return [.named(batch)] + sample.map { .count($0) }
  }

  private static func text(of kind: ONNXOptions.Input, _ layout: Layout) -> String {
    let values = kind == .bytes ? "bytes from 0 to 255" : "pixels divided by 255, from 0 to 1"
    let order =
      switch layout {
      case .row: "N x values"
      case .channelsLast: "N x rows x columns x channels"
      case .channelsFirst: "N x channels x rows x columns"
      }
    return "\(values), \(order)"
  }

  /// Turns the input's bytes into numbers from 0 to 1.
  private mutating func divideInput() {
    let bytes = values[0]
    add(
      "Cast", name: "cast", [bytes.name], output: "pixels",
      ["to": .integer(Int(ONNXValue.ElementType.float.rawValue))])
    add(constant: "largest_byte", .scalar(255))
    add("Div", name: "scale", ["pixels", "largest_byte"], output: "scaled")
    values[0] = Value(name: "scaled", shape: bytes.shape, layout: bytes.layout)
  }

  /// A value that a step takes, as it takes it: images with the channels first, rows in this
  /// trainer's order.
  ///
  /// - Parameters:
  ///   - value: The value's number.
  ///   - shape: The shape that the step takes.
  /// - Returns: The name of the value.
  mutating func operand(_ value: Int, as shape: Shape) -> String {
    let value = values[value]
    let isImage = shape.image != nil
    precondition(
      !isImage || value.shape == shape, "only a row differs from the value that it is made of")
    return isImage ? channelsFirst(value).name : row(value).name
  }

  private mutating func channelsFirst(_ value: Value) -> Value {
    value.layout == .channelsLast ? transposed(value, [0, 3, 1, 2], to: .channelsFirst) : value
  }

  private mutating func row(_ value: Value) -> Value {
    if value.layout == .row { return value }
    // With one channel or one pixel both orders are the same.
    let isSame = value.shape.image.map { $0.channels == 1 || $0.rows * $0.columns == 1 } ?? true
    let ordered =
      value.layout == .channelsFirst && !isSame
      ? transposed(value, [0, 2, 3, 1], to: .channelsLast) : value
    return once(value, .row) { builder, name in
      builder.add("Flatten", name: name, [ordered.name], output: name, ["axis": .integer(1)])
    }
  }

  private mutating func transposed(_ value: Value, _ axes: [Int], to layout: Layout) -> Value {
    once(value, layout) { builder, name in
      builder.add("Transpose", name: name, [value.name], output: name, ["perm": .integers(axes)])
    }
  }

  /// Brings a value to a layout, if that was not done before.
  private mutating func once(
    _ value: Value, _ layout: Layout, _ make: (inout ONNXGraphBuilder, _ name: String) -> Void
  ) -> Value {
    let ending =
      switch layout {
      case .row: "flat"
      case .channelsLast: "channels_last"
      case .channelsFirst: "channels_first"
      }
    let name = "\(value.name).\(ending)"
    if let earlier = moved[name] { return earlier }
    make(&self, name)
    let result = Value(
      name: name, shape: layout == .row ? Shape(value.shape.count) : value.shape, layout: layout)
    moved[name] = result
    return result
  }

  /// Appends an operation.
  mutating func add(
    _ operation: String, name: String, _ inputs: [String], output: String,
    _ attributes: [String: ONNXNode.Attribute] = [:]
  ) {
    nodes.append(
      ONNXNode(
        name: name, operation: operation, inputs: inputs, output: output, attributes: attributes))
  }

  /// Adds a constant.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - tensor: The values.
  mutating func add(constant name: String, _ tensor: ExportedTensor) {
    constants.append(ONNXConstant(name: name, tensor: tensor))
  }
}
