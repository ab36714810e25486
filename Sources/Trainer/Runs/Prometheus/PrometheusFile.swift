import Files
import Foundation
import Synchronization
import Training

/// Keeps the current metrics of a run in a file for Prometheus, which the textfile collector of the
/// node exporter reads.
///
/// The file is replaced after epochs, within long epochs, and when the run starts, stops or ends.
/// A file that cannot be written after the start is only a warning until the end.
package final class PrometheusFile: TrainingObserver {
  private struct State {
    var learningRate: Double?
    var hasFailed = false
  }

  private let path: String
  private let warn: @Sendable (String) -> Void
  private let timer: UpdateTimer
  private let state = Mutex(State())

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - interval: The seconds between two updates within an epoch.
  ///   - warn: Called with a message if the file cannot be written during the run.
  package init(
    path: String, interval: Double = UpdateTimer.interval,
    warn: @escaping @Sendable (String) -> Void
  ) {
    self.path = path
    self.warn = warn
    timer = UpdateTimer(interval: interval)
  }

  /// The name of the run: that of the file without `.prom`, so that two files in a directory have
  /// different ones.
  private var name: String {
    let name = PathNames.name(of: path)
    let ending = ".prom"
    return name.hasSuffix(ending) && name != ending ? String(name.dropLast(ending.count)) : name
  }

  /// Writes the first metrics.
  ///
  /// - Throws: ``FileError`` if the file cannot be written, which ends the run before its first
  ///   step.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    let last = run.position.history.last
    state.withLock { $0.learningRate = last?.learningRate }
    do {
      try write(run, .running, last: last)
    } catch {
      // The run ends by it: no warning has to follow.
      state.withLock { $0.hasFailed = true }
      throw error
    }
    return .proceed
  }

  /// Requests a pause if an update is due.
  package func progressed(_ progress: EpochProgress) -> Bool {
    state.withLock { $0.learningRate = progress.learningRate }
    return timer.needsPause(at: progress)
  }

  /// Updates the file if that is due.
  package func paused(_ run: TrainingRun) throws -> RunDecision {
    if timer.isDueWithinEpoch {
      update(run, .running, last: run.position.history.last)
    }
    return .proceed
  }

  /// Updates the file, unless the last update is very young.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    if timer.isDueAfterEpoch { update(run, .running, last: epoch) }
    return .proceed
  }

  /// Writes that the run stopped or failed.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    update(run, failure == nil ? .stopped : .failed, last: run.position.history.last)
  }

  /// Writes the final metrics.
  ///
  /// - Throws: ``FileError`` if the file cannot be written.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try write(run, .complete, last: last)
  }

  /// Writes the metrics; warns of the first of several successive failures.
  private func update(_ run: TrainingRun, _ runState: RunMetrics.State, last: EpochRecord?) {
    do {
      try write(run, runState, last: last)
      state.withLock { $0.hasFailed = false }
    } catch {
      let isFirst = state.withLock { state in
        defer { state.hasFailed = true }
        return !state.hasFailed
      }
      if isFirst { warn(runState == .running ? "\(error); training continues" : "\(error)") }
    }
  }

  private func write(_ run: TrainingRun, _ runState: RunMetrics.State, last: EpochRecord?) throws {
    let metrics = RunMetrics(
      of: run, name: name, state: runState, last: last,
      learningRate: state.withLock { $0.learningRate },
      time: Date.now.timeIntervalSince1970)
    try timer.measure {
      try AtomicFile.replace(path: path) { try $0.write(Array(metrics.text.utf8)) }
    }
  }
}
