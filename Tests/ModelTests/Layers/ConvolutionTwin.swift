@testable import Model

extension Twin {
  /// The cross-correlation of each image with the kernel, by its formula.
  ///
  /// - Parameters:
  ///   - x: (rows, image).
  ///   - layer: The sizes.
  ///   - weights: (size, size, in / groups, out).
  ///   - bias: (out).
  /// - Returns: (rows, output image).
  static func convolution(
    _ x: Matrix, _ layer: Convolution, weights: [Double], bias: [Double]?
  ) -> Matrix {
    let (rows, columns) = (layer.rows, layer.columns)
    let inputs = layer.inputChannels / layer.groups
    let outputs = layer.outputChannels / layer.groups
    return x.map { image in
      var result: [Double] = []
      for y in 0..<rows.outputCount {
        for x in 0..<columns.outputCount {
          for output in 0..<layer.outputChannels {
            var sum = bias?[output] ?? 0
            for i in 0..<rows.size {
              for j in 0..<columns.size {
                let row = y * rows.step + i - rows.before
                let column = x * columns.step + j - columns.before
                guard (0..<rows.inputCount).contains(row),
                  (0..<columns.inputCount).contains(column)
                else { continue }
                for input in 0..<inputs {
                  let pixel = (row * columns.inputCount + column) * layer.inputChannels
                  let weight = ((i * columns.size + j) * inputs + input) * layer.outputChannels
                  sum += image[pixel + output / outputs * inputs + input] * weights[weight + output]
                }
              }
            }
            result.append(sum)
          }
        }
      }
      return result
    }
  }
}
