import Foundation

@testable import Export

/// Computes an ONNX graph by the definitions of its operators, slowly, in double precision.
struct ONNXInterpreter {
  /// A tensor in the course of the computation.
  struct Tensor: Equatable {
    var shape: [Int]
    var values: [Double]
  }

  /// What the definitions do not allow.
  enum Problem: Error {
    case unknownOperation(String)
    case undefined(String)
    case shapes(String)
  }

  let node: ONNXNode
  let inputs: [Tensor]

  /// Computes the values that a graph gives.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - input: What it takes.
  /// - Returns: Every value by its name.
  /// - Throws: `Problem`.
  static func run(_ graph: ONNXGraph, _ input: Tensor) throws -> [String: Tensor] {
    var values = [graph.inputs[0].name: input]
    for constant in graph.constants {
      values[constant.name] = Tensor(
        shape: constant.tensor.shape, values: constant.tensor.values.map(Double.init))
    }
    for node in graph.nodes {
      let inputs = try node.inputs.map { name in
        guard let value = values[name] else { throw Problem.undefined(name) }
        return value
      }
      values[node.output] = try ONNXInterpreter(node: node, inputs: inputs).output()
    }
    return values
  }

  private func output() throws -> Tensor {
    let x = inputs[0]
    switch node.operation {
    case "Cast": return x
    case "Div": return try combined(/)
    case "Mul": return try combined(*)
    case "Add": return try combined(+)
    case "Transpose": return transposed(x, integers("perm"))
    case "Flatten":
      return Tensor(shape: [x.shape[0], x.shape.dropFirst().reduce(1, *)], values: x.values)
    case "Gemm": return try product()
    case "Conv": return try convolution()
    case "MaxPool": return pool { $0.max() ?? .nan }
    case "AveragePool": return pool { $0.reduce(0, +) / Double($0.count) }
    case "GlobalAveragePool":
      let area = x.shape[2] * x.shape[3]
      return Tensor(
        shape: [x.shape[0], x.shape[1], 1, 1],
        values: stride(from: 0, to: x.values.count, by: area).map {
          x.values[$0..<$0 + area].reduce(0, +) / Double(area)
        })
    case "BatchNormalization": return batchNorm()
    case "Relu": return mapped { max($0, 0) }
    case "LeakyRelu":
      let slope = number("alpha")
      return mapped { $0 > 0 ? $0 : slope * $0 }
    case "Gelu": return mapped { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) }
    case "Sigmoid": return mapped { 1 / (1 + exp(-$0)) }
    case "Softmax": return softmax()
    default: throw Problem.unknownOperation(node.operation)
    }
  }

  func integers(_ name: String) -> [Int] {
    if case .integers(let integers) = node.attributes[name] { integers } else { [] }
  }

  private func number(_ name: String) -> Double {
    if case .number(let number) = node.attributes[name] { Double(number) } else { .nan }
  }

  private func mapped(_ function: (Double) -> Double) -> Tensor {
    Tensor(shape: inputs[0].shape, values: inputs[0].values.map(function))
  }

  /// Two tensors of one shape, or a tensor and a number.
  private func combined(_ function: (Double, Double) -> Double) throws -> Tensor {
    let (one, other) = (inputs[0], inputs[1])
    guard other.shape.isEmpty || other.shape == one.shape else {
      throw Problem.shapes("\(node.name): \(one.shape) and \(other.shape)")
    }
    return Tensor(
      shape: one.shape,
      values: one.values.indices.map {
        function(one.values[$0], other.values[other.shape.isEmpty ? 0 : $0])
      })
  }

  private func transposed(_ tensor: Tensor, _ axes: [Int]) -> Tensor {
    let shape = axes.map { tensor.shape[$0] }
    var values: [Double] = []
    for index in tensor.values.indices {
      var rest = index
      var place = [Int](repeating: 0, count: shape.count)
      for axis in shape.indices.reversed() {
        place[axes[axis]] = rest % shape[axis]
        rest /= shape[axis]
      }
      values.append(tensor.values[zip(place, tensor.shape).reduce(0) { $0 * $1.1 + $1.0 }])
    }
    return Tensor(shape: shape, values: values)
  }

  private func product() throws -> Tensor {
    let (x, weights) = (inputs[0], inputs[1])
    let (inner, outputs) = (weights.shape[0], weights.shape[1])
    guard x.shape.count == 2, x.shape[1] == inner else {
      throw Problem.shapes("\(node.name): \(x.shape) and \(weights.shape)")
    }
    var result = Tensor(shape: [x.shape[0], outputs], values: [])
    for row in 0..<x.shape[0] {
      for output in 0..<outputs {
        let sum = (0..<inner).reduce(0.0) {
          $0 + x.values[row * inner + $1] * weights.values[$1 * outputs + output]
        }
        result.values.append(sum + (inputs.count > 2 ? inputs[2].values[output] : 0))
      }
    }
    return result
  }

  private func batchNorm() -> Tensor {
    let x = inputs[0]
    let area = x.shape.dropFirst(2).reduce(1, *)
    let epsilon = number("epsilon")
    return Tensor(
      shape: x.shape,
      values: x.values.indices.map { index in
        let channel = index / area % x.shape[1]
        let (scale, shift, mean, variance) = (
          inputs[1].values[channel], inputs[2].values[channel], inputs[3].values[channel],
          inputs[4].values[channel]
        )
        return scale * (x.values[index] - mean) / (variance + epsilon).squareRoot() + shift
      })
  }

  private func softmax() -> Tensor {
    let x = inputs[0]
    let classes = x.shape[1]
    return Tensor(
      shape: x.shape,
      values: stride(from: 0, to: x.values.count, by: classes).flatMap { first in
        let powers = x.values[first..<first + classes].map(exp)
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
      })
  }
}
