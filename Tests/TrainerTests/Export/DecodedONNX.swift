import CONNX
import CProtobuf

@testable import Export

extension ONNXModel {
  /// Bytes that are no model of the kind that the product writes.
  struct Undecodable: Error {}

  /// Decodes a file.
  ///
  /// - Parameter bytes: The file.
  /// - Throws: `Undecodable`.
  init(encoding bytes: [UInt8]) throws {
    guard let message = onnx__model_proto__unpack(nil, bytes.count, bytes) else {
      throw Undecodable()
    }
    defer { onnx__model_proto__free_unpacked(message, nil) }
    let model = message.pointee
    let operators = Self.pointees(model.opset_import, model.n_opset_import)
    guard operators.count == 1, operators[0].has_version == 1,
      String(cString: operators[0].domain).isEmpty
    else { throw Undecodable() }
    self.init(
      formatVersion: Int(model.ir_version), operatorVersion: Int(operators[0].version),
      producer: String(cString: model.producer_name),
      producerVersion: String(cString: model.producer_version),
      graph: try ONNXGraph(model.graph.pointee),
      metadata: Self.pointees(model.metadata_props, model.n_metadata_props).map {
        (key: String(cString: $0.key), value: String(cString: $0.value))
      })
  }

  fileprivate static func pointees<Message>(
    _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
  ) -> [Message] {
    UnsafeBufferPointer(start: pointers, count: count).compactMap { $0?.pointee }
  }

  fileprivate static func texts(
    _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int
  ) -> [String] {
    UnsafeBufferPointer(start: pointers, count: count).compactMap { $0.map { String(cString: $0) } }
  }
}

extension ONNXGraph {
  fileprivate init(_ message: Onnx__GraphProto) throws {
    self.init(
      name: String(cString: message.name),
      nodes: try ONNXModel.pointees(message.node, message.n_node).map { try ONNXNode($0) },
      constants: try ONNXModel.pointees(message.initializer, message.n_initializer).map {
        try ONNXConstant($0)
      },
      inputs: try ONNXModel.pointees(message.input, message.n_input).map { try ONNXValue($0) },
      outputs: try ONNXModel.pointees(message.output, message.n_output).map { try ONNXValue($0) })
  }
}

extension ONNXNode {
  fileprivate init(_ message: Onnx__NodeProto) throws {
    let outputs = ONNXModel.texts(message.output, message.n_output)
    guard outputs.count == 1 else { throw ONNXModel.Undecodable() }
    var attributes: [String: Attribute] = [:]
    for attribute in ONNXModel.pointees(message.attribute, message.n_attribute) {
      attributes[String(cString: attribute.name)] = try Self.value(attribute)
    }
    self.init(
      name: String(cString: message.name), operation: String(cString: message.op_type),
      inputs: ONNXModel.texts(message.input, message.n_input), output: outputs[0],
      attributes: attributes)
  }

  private static func value(_ message: Onnx__AttributeProto) throws -> Attribute {
    switch message.type {
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT where message.has_i == 1:
      .integer(Int(message.i))
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS:
      .integers(UnsafeBufferPointer(start: message.ints, count: message.n_ints).map { Int($0) })
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT where message.has_f == 1:
      .number(message.f)
    default: throw ONNXModel.Undecodable()
    }
  }
}

extension ONNXConstant {
  fileprivate init(_ message: Onnx__TensorProto) throws {
    let shape = UnsafeBufferPointer(start: message.dims, count: message.n_dims).map { Int($0) }
    guard message.data_type == 1, message.raw_data.len == 4 * shape.reduce(1, *) else {
      throw ONNXModel.Undecodable()
    }
    let values = (0..<shape.reduce(1, *)).map { index in
      let bytes = (0..<4).map { UInt32(message.raw_data.data[4 * index + $0]) << (8 * UInt32($0)) }
      return Float(bitPattern: bytes.reduce(0, |))
    }
    self.init(
      name: String(cString: message.name), tensor: ExportedTensor(shape: shape, values: values))
  }
}

extension ONNXValue {
  fileprivate init(_ message: Onnx__ValueInfoProto) throws {
    let type = message.type.pointee
    guard type.value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE,
      let element = ElementType(rawValue: type.tensor_type.pointee.elem_type)
    else { throw ONNXModel.Undecodable() }
    let shape = type.tensor_type.pointee.shape.pointee
    self.init(
      name: String(cString: message.name), text: String(cString: message.doc_string), type: element,
      extents: try ONNXModel.pointees(shape.dim, shape.n_dim).map { extent in
        switch extent.value_case {
        case ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE: .count(Int(extent.dim_value))
        case ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM:
          .named(String(cString: extent.dim_param))
        default: throw ONNXModel.Undecodable()
        }
      })
  }
}
