/// A convolution by Winograd's minimal filtering as `kernels.inc` defines it, one value at a time.
struct WinogradTwin {
  let sizes: WinogradSizes
  /// The transformed pixels: for each tile and channel, 4 x 4.
  private let pixels: [[Square]]

  /// Transforms images.
  ///
  /// - Parameters:
  ///   - sizes: The sizes.
  ///   - images: (images, image).
  init(_ sizes: WinogradSizes, images: [Float]) {
    self.sizes = sizes
    pixels = sizes.tiles.map { image, y, x in
      (0..<sizes.channels).map { channel in
        Self.both(
          (0..<4).map { i in
            (0..<4).map { j in
              sizes.pixel(
                images, image, 2 * y - sizes.before + i, 2 * x - sizes.before + j, channel)
            }
          }, Self.pixels)
      }
    }
  }

  /// 4 x 4, 3 x 3 or 2 x 2 values.
  private typealias Square = [[Float]]

  /// Applies a map to the columns, then to the rows.
  private static func both(_ square: Square, _ map: ([Float]) -> [Float]) -> Square {
    transposed(transposed(square).map(map)).map(map)
  }

  private static func transposed(_ square: Square) -> Square {
    square[0].indices.map { column in square.map { $0[column] } }
  }

  // The four maps of one column, in the order of additions that kernels.inc documents.
  private static func pixels(_ d: [Float]) -> [Float] {
    [d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]]
  }
  private static func outputs(_ m: [Float]) -> [Float] {
    [m[0] + m[1] + m[2], m[1] - m[2] - m[3]]
  }
  private static func gradients(_ dy: [Float]) -> [Float] {
    [dy[0], dy[0] + dy[1], dy[0] - dy[1], -dy[1]]
  }
  private static func kernel(_ g: [Float]) -> [Float] {
    [g[0], (g[0] + g[2] + g[1]) / 2, (g[0] + g[2] - g[1]) / 2, g[2]]
  }
  private static func kernelGradient(_ u: [Float]) -> [Float] {
    [u[0] + (u[1] + u[2]) / 2, (u[1] - u[2]) / 2, (u[1] + u[2]) / 2 + u[3]]
  }

  /// Transforms weights.
  ///
  /// - Parameters:
  ///   - weights: (3, 3, channels, outputs), in panels.
  ///   - sizes: The sizes.
  /// - Returns: (16, channels, outputs), in panels.
  static func transformed(_ weights: [Float], _ sizes: WinogradSizes) -> [Float] {
    var transformed = [Float](repeating: .nan, count: 16 * sizes.channels * sizes.outputs)
    for channel in 0..<sizes.channels {
      for output in 0..<sizes.outputs {
        let square = both(
          (0..<3).map { i in
            (0..<3).map { weights[sizes.place(3 * i + $0, channel, output, terms: 9)] }
          }, kernel)
        for place in 0..<16 {
          transformed[sizes.place(place, channel, output, terms: 16)] =
            square[place / 4][place % 4]
        }
      }
    }
    return transformed
  }

  /// The outputs for transformed weights.
  func outputs(_ transformed: [Float]) -> [Float] {
    var result = [Float](repeating: .nan, count: sizes.images * sizes.outputCount)
    for (tile, position) in sizes.tiles.enumerated() {
      for output in 0..<sizes.outputs {
        let products = (0..<4).map { i in
          (0..<4).map { j in
            chainSum(count: sizes.channels) {
              (
                pixels[tile][$0][i][j],
                transformed[sizes.place(4 * i + j, $0, output, terms: 16)]
              )
            }
          }
        }
        for (i, row) in Self.both(products, Self.outputs).enumerated() {
          for (j, value) in row.enumerated() {
            let index = sizes.output(
              position.image, 2 * position.y + i, 2 * position.x + j, output)
            if let index { result[index] = value }
          }
        }
      }
    }
    return result
  }

  /// The gradient of the weights over some rows of tiles.
  ///
  /// - Parameters:
  ///   - dy: The gradient of the outputs.
  ///   - rows: The rows of tiles of all images.
  /// - Returns: (3, 3, channels, outputs), in panels.
  func weightGradient(_ dy: [Float], rows: Range<Int>) -> [Float] {
    let gradients = sizes.tiles.map { image, y, x in
      (0..<sizes.outputs).map { output in
        Self.both(
          (0..<2).map { i in
            (0..<2).map { sizes.output(image, 2 * y + i, 2 * x + $0, output).map { dy[$0] } ?? 0 }
          }, Self.gradients)
      }
    }
    let first = rows.lowerBound * sizes.tileColumns
    let count = rows.count * sizes.tileColumns
    var result = [Float](repeating: .nan, count: 9 * sizes.channels * sizes.outputs)
    for channel in 0..<sizes.channels {
      for output in 0..<sizes.outputs {
        let sums = (0..<4).map { i in
          (0..<4).map { j in
            chainSum(count: count, block: count) {
              (pixels[first + $0][channel][i][j], gradients[first + $0][output][i][j])
            }
          }
        }
        for (i, row) in Self.both(sums, Self.kernelGradient).enumerated() {
          for (j, value) in row.enumerated() {
            result[sizes.place(3 * i + j, channel, output, terms: 9)] = value
          }
        }
      }
    }
    return result
  }
}
