import CKernels
import Parallel

/// A linear map `y = x W + b`; W is (in, out), b (out) is optional.
public struct Linear: Layer {
  public let name: String
  /// Values of one sample's input.
  public let inputCount: Int
  /// Values of one sample's output.
  public let outputCount: Int
  /// Whether there is a bias; not before a batch normalisation, which would remove it.
  public let hasBias: Bool
  /// How the weights start.
  public let start: Initializer

  public var inputShape: Shape { Shape(inputCount) }
  public var outputShape: Shape { Shape(outputCount) }
  public var isBackwardInPlace: Bool { false }

  /// Creates a linear layer.
  ///
  /// - Parameters:
  ///   - name: The name that its tensors start with.
  ///   - inputCount: Values of one sample's input.
  ///   - outputCount: Values of one sample's output.
  ///   - hasBias: Whether there is a bias.
  ///   - start: How the weights start.
  public init(
    name: String, inputCount: Int, outputCount: Int, hasBias: Bool, start: Initializer
  ) {
    self.name = name
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.hasBias = hasBias
    self.start = start
  }

  public var parameters: [TensorDeclaration] {
    let weight = TensorDeclaration(
      "weight", shape: [inputCount, outputCount], start: start, decays: true)
    let bias = TensorDeclaration("bias", shape: [outputCount], start: .zeros)
    return hasBias ? [weight, bias] : [weight]
  }

  private var biasOffset: Int { paddedCount(inputCount * outputCount) }

  public func forward(_ pass: ShardPass) {
    BLAS.multiply(
      m: pass.rows, n: outputCount, k: inputCount,
      pass.input, strideA: inputCount, pass.memory.parameters, strideB: outputCount,
      into: pass.output, strideC: outputCount)
    if hasBias {
      kernel_add_bias(
        pass.output, pass.memory.parameters + biasOffset, Int64(pass.rows), Int64(outputCount))
    }
  }

  public func evaluate(_ pass: ShardPass) {
    forward(pass)
  }

  public var backwardMerge: MergeRule? { hasBias ? .sum(count: outputCount) : nil }

  public func backward(_ pass: ShardPass) {
    if let inputGradient = pass.inputGradient {
      BLAS.multiply(
        m: pass.rows, n: inputCount, k: outputCount,
        pass.outputGradient, strideA: outputCount,
        pass.memory.parameters, strideB: outputCount, transposeB: true,
        into: inputGradient, strideC: inputCount)
    }
    if hasBias {
      kernel_column_sums(
        pass.outputGradient, Int64(pass.rows), Int64(outputCount), pass.backwardPartial)
    }
  }

  public func mergedBackward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory
  ) {
    (memory.gradients + biasOffset + columns.lowerBound)
      .update(from: merged + columns.lowerBound, count: columns.count)
  }

  public func gradientTiles(shardSize: Int) -> [GradientTile] {
    let tileColumns = min(outputCount, Self.tileColumns)
    let tileRows = max(
      8, min(inputCount, Self.smallProduct / (shardSize * tileColumns) / 8 * 8))
    return stride(from: 0, to: inputCount, by: tileRows).flatMap { row in
      stride(from: 0, to: outputCount, by: tileColumns).map { column in
        GradientTile(
          matrixOffset: 0, rowStride: outputCount, rows: row..<min(row + tileRows, inputCount),
          columns: column..<min(column + tileColumns, outputCount))
      }
    }
  }

  /// Multiplications of up to this many products run in OpenBLAS's kernels for small matrices, which
  /// do not copy their operands first.
  private static let smallProduct = 1_000_000
  private static let tileColumns = 256

  public func tileGradient(
    _ tile: GradientTile, pass: ShardPass, into destination: UnsafeMutablePointer<Float>,
    stride: Int
  ) {
    BLAS.multiply(
      m: tile.rows.count, n: tile.columns.count, k: pass.rows,
      pass.input + tile.rows.lowerBound, strideA: inputCount, transposeA: true,
      pass.outputGradient + tile.columns.lowerBound, strideB: outputCount,
      into: destination, strideC: stride)
  }
}
