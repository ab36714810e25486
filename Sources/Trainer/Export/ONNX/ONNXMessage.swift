import CONNX
import CProtobuf
import Protobuf

/// The messages of `onnx.proto` as protobuf-c has them: structs that point to each other.
struct ONNXMessage {
  private let memory = MessageMemory()

  /// The bytes of a file.
  ///
  /// - Parameter model: The content; no text in it has a zero byte.
  /// - Returns: Its encoding. Equal models have equal bytes.
  static func encoding(_ model: ONNXModel) -> [UInt8] {
    let parts = ONNXMessage()
    return withExtendedLifetime(parts.memory) {
      var message = parts.message(model)
      let size = onnx__model_proto__get_packed_size(&message)
      return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        count = onnx__model_proto__pack(&message, buffer.baseAddress)
      }
    }
  }

  private func message(_ model: ONNXModel) -> Onnx__ModelProto {
    var message = Onnx__ModelProto()
    onnx__model_proto__init(&message)
    (message.ir_version, message.has_ir_version) = (Int64(model.formatVersion), 1)
    message.producer_name = memory.place(model.producer)
    message.producer_version = memory.place(model.producerVersion)
    message.graph = memory.place([graph(model.graph)])
    var operators = Onnx__OperatorSetIdProto()
    onnx__operator_set_id_proto__init(&operators)
    operators.domain = memory.place("")
    (operators.version, operators.has_version) = (Int64(model.operatorVersion), 1)
    message.n_opset_import = 1
    message.opset_import = memory.places(of: [operators])
    message.n_metadata_props = model.metadata.count
    message.metadata_props = memory.places(of: model.metadata.map(entry))
    return message
  }

  private func entry(_ key: String, _ value: String) -> Onnx__StringStringEntryProto {
    var message = Onnx__StringStringEntryProto()
    onnx__string_string_entry_proto__init(&message)
    message.key = memory.place(key)
    message.value = memory.place(value)
    return message
  }

  private func graph(_ graph: ONNXGraph) -> Onnx__GraphProto {
    var message = Onnx__GraphProto()
    onnx__graph_proto__init(&message)
    message.name = memory.place(graph.name)
    message.n_node = graph.nodes.count
    message.node = memory.places(of: graph.nodes.map(node))
    message.n_initializer = graph.constants.count
    message.initializer = memory.places(of: graph.constants.map(tensor))
    message.n_input = graph.inputs.count
    message.input = memory.places(of: graph.inputs.map(value))
    message.n_output = graph.outputs.count
    message.output = memory.places(of: graph.outputs.map(value))
    return message
  }

  private func node(_ node: ONNXNode) -> Onnx__NodeProto {
    var message = Onnx__NodeProto()
    onnx__node_proto__init(&message)
    message.name = memory.place(node.name)
    message.op_type = memory.place(node.operation)
    message.n_input = node.inputs.count
    message.input = texts(node.inputs)
    message.n_output = 1
    message.output = texts([node.output])
    // Sorted, so that equal models have equal bytes.
    let attributes = node.attributes.sorted { $0.key < $1.key }
    message.n_attribute = attributes.count
    message.attribute = memory.places(of: attributes.map(attribute))
    return message
  }

  private func attribute(_ name: String, _ value: ONNXNode.Attribute) -> Onnx__AttributeProto {
    var message = Onnx__AttributeProto()
    onnx__attribute_proto__init(&message)
    message.name = memory.place(name)
    message.has_type = 1
    switch value {
    case .integer(let integer):
      message.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT
      (message.i, message.has_i) = (Int64(integer), 1)
    case .integers(let integers):
      message.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS
      message.n_ints = integers.count
      message.ints = memory.place(integers.map(Int64.init))
    case .number(let number):
      message.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT
      (message.f, message.has_f) = (number, 1)
    }
    return message
  }

  private func tensor(_ constant: ONNXConstant) -> Onnx__TensorProto {
    var message = Onnx__TensorProto()
    onnx__tensor_proto__init(&message)
    message.name = memory.place(constant.name)
    message.n_dims = constant.tensor.shape.count
    message.dims = memory.place(constant.tensor.shape.map(Int64.init))
    message.data_type = Int32(bitPattern: ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT.rawValue)
    message.has_data_type = 1
    let bytes = constant.tensor.bytes
    message.has_raw_data = 1
    message.raw_data = ProtobufCBinaryData(len: bytes.count, data: memory.place(bytes))
    return message
  }

  private func value(_ value: ONNXValue) -> Onnx__ValueInfoProto {
    var tensor = Onnx__TypeProto__Tensor()
    onnx__type_proto__tensor__init(&tensor)
    (tensor.elem_type, tensor.has_elem_type) = (value.type.rawValue, 1)
    var shape = Onnx__TensorShapeProto()
    onnx__tensor_shape_proto__init(&shape)
    shape.n_dim = value.extents.count
    shape.dim = memory.places(of: value.extents.map(dimension))
    tensor.shape = memory.place([shape])
    var type = Onnx__TypeProto()
    onnx__type_proto__init(&type)
    type.value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE
    type.tensor_type = memory.place([tensor])
    var message = Onnx__ValueInfoProto()
    onnx__value_info_proto__init(&message)
    message.name = memory.place(value.name)
    message.doc_string = memory.place(value.text)
    message.type = memory.place([type])
    return message
  }

  private func dimension(_ extent: ONNXValue.Extent) -> Onnx__TensorShapeProto__Dimension {
    var message = Onnx__TensorShapeProto__Dimension()
    onnx__tensor_shape_proto__dimension__init(&message)
    switch extent {
    case .count(let count):
      message.value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE
      message.dim_value = Int64(count)
    case .named(let name):
      message.value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM
      message.dim_param = memory.place(name)
    }
    return message
  }

  private func texts(_ texts: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
    memory.place(texts.map { text -> UnsafeMutablePointer<CChar>? in memory.place(text) })
  }
}
