import Files
import Foundation
import Synchronization
import Training

/// Keeps the current metrics of a run in a file for Prometheus, which the textfile collector of the
/// node exporter reads.
///
/// The file is replaced after epochs, within long epochs, and when the run starts, stops or ends.
package final class PrometheusFile: TrainingObserver {
  private let path: String
  private let timer: UpdateTimer
  private let learningRate = Mutex<Double?>(nil)

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - interval: The seconds between two updates within an epoch.
  package init(path: String, interval: Double = UpdateTimer.interval) {
    self.path = path
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
  /// - Throws: ``FileError`` if the file cannot be written, as each method below.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    let last = run.position.history.last
    learningRate.withLock { $0 = last?.learningRate }
    try write(run, .running, last: last)
    return .proceed
  }

  /// Requests a pause if an update is due.
  package func progressed(_ progress: EpochProgress) -> Bool {
    learningRate.withLock { $0 = progress.learningRate }
    return timer.needsPause(at: progress)
  }

  /// Updates the file if that is due.
  package func paused(_ run: TrainingRun) throws -> RunDecision {
    if timer.isDueWithinEpoch {
      try write(run, .running, last: run.position.history.last)
    }
    return .proceed
  }

  /// Updates the file, unless the last update is very young.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    if timer.isDueAfterEpoch { try write(run, .running, last: epoch) }
    return .proceed
  }

  /// Writes that the run stopped or failed.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    try write(run, failure == nil ? .stopped : .failed, last: run.position.history.last)
  }

  /// Writes the final metrics.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try write(run, .complete, last: last)
  }

  private func write(_ run: TrainingRun, _ runState: RunMetrics.State, last: EpochRecord?) throws {
    let metrics = RunMetrics(
      of: run, name: name, state: runState, last: last,
      learningRate: learningRate.withLock(\.self),
      time: Date.now.timeIntervalSince1970)
    try timer.measure {
      try AtomicFile.replace(path: path) { try $0.write(Array(metrics.text.utf8)) }
    }
  }
}
