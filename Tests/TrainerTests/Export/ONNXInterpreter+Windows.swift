@testable import Export

extension ONNXInterpreter {
  func convolution() throws -> Tensor {
    let (x, weights) = (inputs[0], inputs[1])
    guard case .integer(let groups)? = node.attributes["group"], x.shape.count == 4,
      weights.shape[1] == x.shape[1] / groups,
      integers("kernel_shape") == Array(weights.shape.suffix(2))
    else { throw Problem.shapes("\(node.name): \(x.shape) and \(weights.shape)") }
    let (pads, steps) = (integers("pads"), integers("strides"))
    let extents = (0..<2).map { axis -> Int in
      let padded = x.shape[2 + axis] + pads[axis] + pads[2 + axis]
      return (padded - weights.shape[2 + axis]) / steps[axis] + 1
    }
    let (outputs, depth) = (weights.shape[0], weights.shape[1])
    var result = Tensor(shape: [x.shape[0], outputs] + extents, values: [])
    for (sample, output) in pairs(x.shape[0], outputs) {
      let firstChannel = output / (outputs / groups) * depth
      for (row, column) in pairs(extents[0], extents[1]) {
        var sum = inputs.count > 2 ? inputs[2].values[output] : 0
        for channel in 0..<depth {
          for (i, j) in pairs(weights.shape[2], weights.shape[3]) {
            let (r, c) = (row * steps[0] + i - pads[0], column * steps[1] + j - pads[1])
            guard (0..<x.shape[2]).contains(r), (0..<x.shape[3]).contains(c) else { continue }
            let pixel = x[sample, firstChannel + channel, r, c]
            sum += pixel * weights[output, channel, i, j]
          }
        }
        result.values.append(sum)
      }
    }
    return result
  }

  func pool(_ function: ([Double]) -> Double) -> Tensor {
    let x = inputs[0]
    let (window, steps) = (integers("kernel_shape"), integers("strides"))
    let extents = (0..<2).map { (x.shape[2 + $0] - window[$0]) / steps[$0] + 1 }
    var result = Tensor(shape: Array(x.shape.prefix(2)) + extents, values: [])
    for (sample, channel) in pairs(x.shape[0], x.shape[1]) {
      for (row, column) in pairs(extents[0], extents[1]) {
        let values = pairs(window[0], window[1]).map { i, j in
          x[sample, channel, row * steps[0] + i, column * steps[1] + j]
        }
        result.values.append(function(values))
      }
    }
    return result
  }

  /// All pairs of numbers below two bounds, in order.
  private func pairs(_ one: Int, _ other: Int) -> [(Int, Int)] {
    (0..<one).flatMap { first in (0..<other).map { (first, $0) } }
  }
}

extension ONNXInterpreter.Tensor {
  /// A value of a tensor with four extents.
  fileprivate subscript(i: Int, j: Int, k: Int, l: Int) -> Double {
    let plane = (i * shape[1] + j) * shape[2]
    return values[(plane + k) * shape[3] + l]
  }
}
