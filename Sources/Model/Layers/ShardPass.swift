/// A layer's memory that all shards share: pointers to its part of the flat buffers.
///
/// In each, a layer's tensors follow one another in the order of their declarations, each padded to
/// a multiple of 16 floats.
public struct LayerMemory: @unchecked Sendable, BitwiseCopyable {
  /// The layer's parameters.
  public var parameters: UnsafeMutablePointer<Float>
  /// The gradients of the parameters, summed over the batch.
  public var gradients: UnsafeMutablePointer<Float>
  /// The layer's running statistics.
  public var statistics: UnsafeMutablePointer<Float>
  /// The layer's `keptCount` floats.
  public var kept: UnsafeMutablePointer<Float>

  /// Creates the layer's memory.
  ///
  /// - Parameters:
  ///   - parameters: The layer's parameters.
  ///   - gradients: Their gradients.
  ///   - statistics: Its running statistics.
  ///   - kept: Its `keptCount` floats.
  public init(
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>,
    statistics: UnsafeMutablePointer<Float>, kept: UnsafeMutablePointer<Float>
  ) {
    self.parameters = parameters
    self.gradients = gradients
    self.statistics = statistics
    self.kept = kept
  }
}

/// What a layer sees of one shard in one step.
///
/// Matrices are row-major, a row a sample.
public struct ShardPass {
  /// The layer's shared memory.
  public var memory: LayerMemory
  /// Rows of the shard.
  public var rows: Int
  /// The epoch, from 1.
  public var epoch: UInt32
  /// The rows' sample numbers in the data set (rows).
  public var samples: UnsafePointer<UInt32>
  /// (rows, input count).
  public var input: UnsafeMutablePointer<Float>
  /// (rows, output count).
  public var output: UnsafeMutablePointer<Float>
  /// The gradient of the loss's sum (rows, output count).
  public var outputGradient: UnsafeMutablePointer<Float>
  /// The same for the input (rows, input count); nil where no earlier layer needs it.
  ///
  /// The same memory as `outputGradient` where the layer's backward is in place.
  public var inputGradient: UnsafeMutablePointer<Float>?
  /// The shard's slot of the forward merge, unused without one.
  public var forwardPartial: UnsafeMutablePointer<Float>
  /// The shard's slot of the backward merge, unused without one.
  public var backwardPartial: UnsafeMutablePointer<Float>

  /// Creates a pass.
  ///
  /// - Parameters:
  ///   - memory: The layer's shared memory.
  ///   - rows: Rows of the shard.
  ///   - epoch: The epoch, from 1.
  ///   - samples: The rows' sample numbers (rows).
  ///   - input: (rows, input count).
  ///   - output: (rows, output count).
  ///   - outputGradient: (rows, output count).
  ///   - inputGradient: (rows, input count), or nil.
  ///   - forwardPartial: The shard's slot of the forward merge.
  ///   - backwardPartial: The shard's slot of the backward merge.
  public init(
    memory: LayerMemory, rows: Int, epoch: UInt32, samples: UnsafePointer<UInt32>,
    input: UnsafeMutablePointer<Float>, output: UnsafeMutablePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    forwardPartial: UnsafeMutablePointer<Float>, backwardPartial: UnsafeMutablePointer<Float>
  ) {
    self.memory = memory
    self.rows = rows
    self.epoch = epoch
    self.samples = samples
    self.input = input
    self.output = output
    self.outputGradient = outputGradient
    self.inputGradient = inputGradient
    self.forwardPartial = forwardPartial
    self.backwardPartial = backwardPartial
  }
}

/// A rectangle of a parameter matrix whose gradient is computed, and updated, at once; its parameters
/// lie together.
public struct GradientTile: Sendable, Equatable {
  /// Where it starts in the layer's parameters, in floats.
  public let offset: Int
  /// Rows of the matrix.
  public let rows: Range<Int>
  /// Columns of the matrix.
  public let columns: Range<Int>

  /// How many parameters the tile has.
  public var count: Int { rows.count * columns.count }
}
