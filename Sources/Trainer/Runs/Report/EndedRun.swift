import Training

/// The results of a run that has ended.
package struct EndedRun: Sendable, Equatable {
  /// The last line of the metrics.
  package var end: RecordedEnd
  /// The model's predictions on the test set.
  package var outcome: TestOutcome
  /// The weights of the first layer, if that is a convolution.
  package var kernels: ConvolutionKernels?

  /// Creates results.
  ///
  /// - Parameters:
  ///   - end: The last line of the metrics.
  ///   - outcome: The model's predictions on the test set.
  ///   - kernels: The weights of the first layer, if that is a convolution.
  package init(
    end: RecordedEnd, outcome: TestOutcome, kernels: ConvolutionKernels? = nil
  ) {
    self.end = end
    self.outcome = outcome
    self.kernels = kernels
  }
}
