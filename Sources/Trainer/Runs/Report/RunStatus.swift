/// The state of a run that a report shows.
package enum RunStatus: Sendable, Equatable {
  /// The run trains.
  case running(RunProgress, PageUpdate)
  /// The run stopped before its end.
  case stopped(RunProgress, RunStop)
  /// The run has ended.
  case ended(EndedRun)
}

/// The reason why a run stopped before its end.
package enum RunStop: Sendable, Equatable {
  /// A signal, and the command that resumes the run.
  case signal(name: String, resume: String)
  /// An error.
  case failure(String)
}
