import Training

/// The state of a run that a report shows.
package enum RunStatus: Sendable, Equatable {
  /// The run trains.
  case running(RunProgress, PageUpdate)
  /// The run stopped before its end.
  case stopped(RunProgress, RunStop)
  /// The run has ended.
  case ended(EndedRun)
}

/// When the page of a running run was written, and when it is written again.
package struct PageUpdate: Sendable, Equatable {
  /// The time, in UTC.
  package var time: String
  /// The seconds after which the page is written again while steps are computed.
  package var interval: Int

  /// Creates an update.
  ///
  /// - Parameters:
  ///   - time: The time, in UTC.
  ///   - interval: The seconds after which the page is written again.
  package init(time: String, interval: Int) {
    self.time = time
    self.interval = interval
  }
}

/// The reason why a run stopped before its end.
package enum RunStop: Sendable, Equatable {
  /// A signal, and the command that resumes the run.
  case signal(name: String, resume: String)
  /// An error.
  case failure(String)
}

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
