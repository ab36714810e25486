import Model

/// The samples of one forward and backward pass; an optimizer step has one or several batches.
package struct Batch: @unchecked Sendable {
  /// The data set with the samples.
  package let source: SampleSource
  /// The sample's index in the data set for each row, (rowCount).
  package let samples: UnsafePointer<UInt32>
  /// The number of rows, at least 1.
  package let rowCount: Int
  /// The epoch's number, from 1.
  package let epoch: UInt32

  /// Creates a batch.
  ///
  /// - Parameters:
  ///   - source: The data set with the samples.
  ///   - samples: The sample's index in the data set for each row, (rowCount). The memory must
  ///     outlive the batch.
  ///   - rowCount: The number of rows, at least 1.
  ///   - epoch: The epoch's number, from 1.
  package init(source: SampleSource, samples: UnsafePointer<UInt32>, rowCount: Int, epoch: UInt32) {
    self.source = source
    self.samples = samples
    self.rowCount = rowCount
    self.epoch = epoch
  }
}

/// The use of the gradients of a batch.
package enum GradientUse: Sendable {
  /// Update the parameters with each tile of gradients while it is in the cache.
  ///
  /// The content of the gradient buffer is then undefined.
  case update(OptimizerStep)
  /// Store the gradients in the gradient buffer, summed over the batch.
  case store
}
