import Parallel

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
  /// The weight of the newest batch in the running statistics, from 0 to 1.
  package var statisticsWeight = BatchNorm.momentum

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

/// A layer's view of one shard in one step: the rows of some whole leaves (``LeafPlan``).
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
  /// The leaves' slots of the forward merge.
  package var forwardPartials: Slots
  /// The leaves' slots of the backward merge.
  package var backwardPartials: Slots
  /// The worker's memory of `scratchCount` floats, for the length of a call.
  package var scratch: UnsafeMutablePointer<Float>

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
  ///   - forwardPartials: The leaves' slots of the forward merge.
  ///   - backwardPartials: The leaves' slots of the backward merge.
  ///   - scratch: Memory of the layer's `scratchCount` floats.
  package init(
    memory: LayerMemory, rows: Int, epoch: UInt32, samples: UnsafePointer<UInt32>,
    input: UnsafeMutablePointer<Float>, secondInput: UnsafeMutablePointer<Float>? = nil,
    output: UnsafeMutablePointer<Float>, outputGradient: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?,
    secondInputGradient: UnsafeMutablePointer<Float>? = nil,
    forwardPartials: Slots, backwardPartials: Slots, scratch: UnsafeMutablePointer<Float>
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
    self.forwardPartials = forwardPartials
    self.backwardPartials = backwardPartials
    self.scratch = scratch
  }

  /// Memory for one partial result per leaf of the shard.
  package struct Slots: BitwiseCopyable {
    /// The first leaf's slot; the kept memory, unused, of a layer that merges nothing.
    package var first: UnsafeMutablePointer<Float>
    /// The distance from one slot to the next, in floats.
    package var stride: Int

    /// Creates the slots of a shard.
    ///
    /// - Parameters:
    ///   - first: The first leaf's slot.
    ///   - stride: The distance from one slot to the next, in floats.
    package init(first: UnsafeMutablePointer<Float>, stride: Int) {
      self.first = first
      self.stride = stride
    }
  }

  /// A leaf's slot of the forward merge.
  ///
  /// - Parameter leaf: The leaf, counted from the shard's first.
  /// - Returns: Memory for its partial result.
  @inline(__always)
  package func forwardPartial(_ leaf: Int) -> UnsafeMutablePointer<Float> {
    forwardPartials.first + leaf * forwardPartials.stride
  }

  /// A leaf's slot of the backward merge.
  ///
  /// - Parameter leaf: The leaf, counted from the shard's first.
  /// - Returns: Memory for its partial result.
  @inline(__always)
  package func backwardPartial(_ leaf: Int) -> UnsafeMutablePointer<Float> {
    backwardPartials.first + leaf * backwardPartials.stride
  }

  /// Visits the shard's leaves, each of which gets a partial result.
  ///
  /// - Parameter visit: Receives the leaf, counted from the shard's first, and its rows in the
  ///   shard.
  @inline(__always)
  package func forEachLeaf(_ visit: (_ leaf: Int, _ rows: Range<Int>) -> Void) {
    var leaf = 0
    var row = 0
    while row < rows {
      let end = min(row + LeafPlan.leafRows, rows)
      visit(leaf, row..<end)
      leaf += 1
      row = end
    }
  }
}

/// A layer's view of some rows in evaluation.
///
/// Matrices are row-major, one row per sample.
package struct EvaluationContext {
  /// The layer's shared memory.
  package var memory: LayerMemory
  /// The number of rows.
  package var rows: Int
  /// (rows, input count).
  package var input: UnsafePointer<Float>
  /// The second input (rows, input count) of a layer with two; nil otherwise.
  package var secondInput: UnsafePointer<Float>?
  /// (rows, output count).
  package var output: UnsafeMutablePointer<Float>
  /// The worker's memory of `scratchCount` floats, for the length of a call.
  package var scratch: UnsafeMutablePointer<Float>

  /// Creates a context.
  ///
  /// - Parameters:
  ///   - memory: The layer's shared memory.
  ///   - rows: How many rows there are.
  ///   - input: (rows, input count).
  ///   - secondInput: (rows, input count), or nil.
  ///   - output: (rows, output count).
  ///   - scratch: Memory of the layer's `scratchCount` floats.
  package init(
    memory: LayerMemory, rows: Int, input: UnsafePointer<Float>,
    secondInput: UnsafePointer<Float>? = nil, output: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    self.memory = memory
    self.rows = rows
    self.input = input
    self.secondInput = secondInput
    self.output = output
    self.scratch = scratch
  }
}

extension LayerContext {
  /// The same rows, for layers that do in training what they do in evaluation.
  @inline(__always)
  package var asEvaluation: EvaluationContext {
    EvaluationContext(
      memory: memory, rows: rows, input: input, secondInput: secondInput.map { UnsafePointer($0) },
      output: output, scratch: scratch)
  }
}
