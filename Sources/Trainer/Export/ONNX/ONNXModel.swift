/// A file in the ONNX format, as far as this trainer writes it.
package struct ONNXModel: Sendable, Equatable {
  /// The version of the format.
  package var formatVersion: Int
  /// The version of the operators.
  package var operatorVersion: Int
  /// The program that made the file.
  package var producer: String
  /// That program's version.
  package var producerVersion: String
  /// The operations.
  package var graph: ONNXGraph
  /// Facts about the model, by their names.
  package var metadata: [(key: String, value: String)]

  /// The names of the batch norms.
  package var batchNorms: [String] {
    graph.nodes.filter { $0.operation == "BatchNormalization" }.map(\.name)
  }

  /// Whether two models are equal in all parts.
  package static func == (one: ONNXModel, other: ONNXModel) -> Bool {
    one.formatVersion == other.formatVersion && one.operatorVersion == other.operatorVersion
      && one.producer == other.producer && one.producerVersion == other.producerVersion
      && one.graph == other.graph && one.metadata.elementsEqual(other.metadata, by: ==)
  }
}

/// The operations of an ``ONNXModel``.
package struct ONNXGraph: Sendable, Equatable {
  /// The name.
  package var name: String
  /// The operations, each after those whose results it takes.
  package var nodes: [ONNXNode]
  /// Constants.
  package var constants: [ONNXConstant]
  /// The inputs of the graph.
  package var inputs: [ONNXValue]
  /// The outputs of the graph.
  package var outputs: [ONNXValue]
}

/// One operation.
package struct ONNXNode: Sendable, Equatable {
  /// The name, unique in the graph.
  package var name: String
  /// The operator, such as `Conv`.
  package var operation: String
  /// The names of the values that it takes.
  package var inputs: [String]
  /// The name of the value that it gives.
  package var output: String
  /// The operator's settings, by their names.
  package var attributes: [String: Attribute]

  /// The value of a setting.
  package enum Attribute: Sendable, Equatable {
    case integer(Int)
    case integers([Int])
    case number(Float)
  }
}

/// A constant.
package struct ONNXConstant: Sendable, Equatable {
  /// The name.
  package var name: String
  /// The values.
  package var tensor: ExportedTensor
}

/// An input or output of a graph.
package struct ONNXValue: Sendable, Equatable {
  /// The name.
  package var name: String
  /// A description of its content, for people.
  package var text: String
  /// The type of the elements.
  package var type: ElementType
  /// The extents, outermost first.
  package var extents: [Extent]

  /// The type of an element; the number is that of the format.
  package enum ElementType: Int32, Sendable {
    case float = 1
    case byte = 2
  }

  /// An extent.
  package enum Extent: Sendable, Equatable {
    case count(Int)
    /// Known only when the model runs; extents of one name are equal.
    case named(String)
  }
}
