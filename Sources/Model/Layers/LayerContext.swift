/// A layer's memory that all shards share: pointers to its part of the flat buffers.
///
/// In each, a layer's tensors follow one another in the order of their declarations, each padded to
/// a multiple of 16 floats.
package struct LayerMemory: @unchecked Sendable, BitwiseCopyable {
  /// The layer's parameters.
  package var parameters: UnsafeMutablePointer<Float>
  /// The layer's running statistics.
  package var statistics: UnsafeMutablePointer<Float>
  /// The layer's `keptCount` floats; in evaluation its `evaluationKeptCount`.
  package var kept: UnsafeMutablePointer<Float>

  /// Creates the layer's memory.
  ///
  /// - Parameters:
  ///   - parameters: The layer's parameters.
  ///   - statistics: Its running statistics.
  ///   - kept: Its `keptCount` floats, or `evaluationKeptCount`.
  package init(
    parameters: UnsafeMutablePointer<Float>, statistics: UnsafeMutablePointer<Float>,
    kept: UnsafeMutablePointer<Float>
  ) {
    self.parameters = parameters
    self.statistics = statistics
    self.kept = kept
  }
}

/// A layer's view of one shard in one step.
///
/// Matrices are row-major, one row per sample.
package struct LayerContext {
  /// The layer's shared memory.
  package var memory: LayerMemory
  /// Rows of the shard.
  package var rows: Int
  /// The epoch, from 1.
  package var epoch: UInt32
  /// The rows' sample numbers in the data set (rows).
  package var samples: UnsafePointer<UInt32>
  /// (rows, input count).
  package var input: UnsafeMutablePointer<Float>
  /// The second input (rows, input count) of a layer with two; nil otherwise.
  package var secondInput: UnsafeMutablePointer<Float>?
  /// (rows, output count).
  package var output: UnsafeMutablePointer<Float>
  /// The gradient of the loss's sum (rows, output count).
  package var outputGradient: UnsafeMutablePointer<Float>
  /// The same for the input (rows, input count); nil if nothing needs it.
  ///
  /// The same memory as `outputGradient` if the layer's backward is in place.
  package var inputGradient: UnsafeMutablePointer<Float>?
  /// The same for the second input, in memory of its own; nil if it is not needed.
  package var secondInputGradient: UnsafeMutablePointer<Float>?
  /// The shard's slot of the forward merge, unused without one.
  package var forwardPartial: UnsafeMutablePointer<Float>
  /// The shard's slot of the backward merge, unused without one.
  package var backwardPartial: UnsafeMutablePointer<Float>

  /// Creates a context.
  ///
  /// - Parameters:
  ///   - memory: The layer's shared memory.
  ///   - rows: Rows of the shard.
  ///   - epoch: The epoch, from 1.
  ///   - samples: The rows' sample numbers (rows).
  ///   - input: (rows, input count).
  ///   - secondInput: (rows, input count), or nil.
  ///   - output: (rows, output count).
  ///   - outputGradient: (rows, output count).
  ///   - inputGradient: (rows, input count), or nil.
  ///   - secondInputGradient: (rows, input count), or nil.
  ///   - forwardPartial: The shard's slot of the forward merge.
  ///   - backwardPartial: The shard's slot of the backward merge.
  package init(
    memory: LayerMemory, rows: Int, epoch: UInt32, samples: UnsafePointer<UInt32>,
    input: UnsafeMutablePointer<Float>, secondInput: UnsafeMutablePointer<Float>? = nil,
    output: UnsafeMutablePointer<Float>, outputGradient: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?,
    secondInputGradient: UnsafeMutablePointer<Float>? = nil,
    forwardPartial: UnsafeMutablePointer<Float>, backwardPartial: UnsafeMutablePointer<Float>
  ) {
    self.memory = memory
    self.rows = rows
    self.epoch = epoch
    self.samples = samples
    self.input = input
    self.secondInput = secondInput
    self.output = output
    self.outputGradient = outputGradient
    self.inputGradient = inputGradient
    self.secondInputGradient = secondInputGradient
    self.forwardPartial = forwardPartial
    self.backwardPartial = backwardPartial
  }
}

/// A layer's view of some rows in evaluation.
///
/// Matrices are row-major, one row per sample.
package struct EvaluationContext {
  /// The layer's shared memory.
  package var memory: LayerMemory
  /// How many rows there are.
  package var rows: Int
  /// (rows, input count).
  package var input: UnsafePointer<Float>
  /// The second input (rows, input count) of a layer with two; nil otherwise.
  package var secondInput: UnsafePointer<Float>?
  /// (rows, output count).
  package var output: UnsafeMutablePointer<Float>

  /// Creates a context.
  ///
  /// - Parameters:
  ///   - memory: The layer's shared memory.
  ///   - rows: How many rows there are.
  ///   - input: (rows, input count).
  ///   - secondInput: (rows, input count), or nil.
  ///   - output: (rows, output count).
  package init(
    memory: LayerMemory, rows: Int, input: UnsafePointer<Float>,
    secondInput: UnsafePointer<Float>? = nil, output: UnsafeMutablePointer<Float>
  ) {
    self.memory = memory
    self.rows = rows
    self.input = input
    self.secondInput = secondInput
    self.output = output
  }
}

extension LayerContext {
  /// The same rows, for layers that do in training what they do in evaluation.
  @inline(__always)
  package var asEvaluation: EvaluationContext {
    EvaluationContext(
      memory: memory, rows: rows, input: input, secondInput: secondInput.map { UnsafePointer($0) },
      output: output)
  }
}
