import Machine
import Training

extension RecordedRun: Encodable {
  private enum CodingKeys: String, CodingKey {
    case directory, state, step, epochs, problems, version, created, dataset, threads
    case pin, settings, seconds
    case blasCore = "blas_core"
    case testAccuracy = "test_accuracy"
    case bestTestAccuracy = "best_test_accuracy"
    case bestEpoch = "best_epoch"
    case endedBy = "ended_by"
    case weightsDigest = "weights_digest"
  }

  /// Encodes the run as `trainer runs --json` prints it; what is not known is left out.
  ///
  /// - Parameter encoder: Takes it.
  /// - Throws: What the encoder throws.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(directory, forKey: .directory)
    try container.encode(stateName, forKey: .state)
    try container.encode(problems.map(\.description), forKey: .problems)
    if let record {
      try container.encode(record.version, forKey: .version)
      try container.encode(record.created, forKey: .created)
      try container.encode(record.dataset.name, forKey: .dataset)
      try container.encode(record.machine.openBLAS.core, forKey: .blasCore)
      try container.encode(record.threads, forKey: .threads)
      try container.encodeIfPresent(record.pin, forKey: .pin)
      try container.encode(record.settings, forKey: .settings)
    }
    if let metrics {
      try container.encode(metrics.step, forKey: .step)
      try container.encode(epochCount ?? 0, forKey: .epochs)
      try container.encodeIfPresent(testAccuracy, forKey: .testAccuracy)
      try container.encodeIfPresent(bestTestAccuracy, forKey: .bestTestAccuracy)
      try container.encodeIfPresent(metrics.best?.epoch, forKey: .bestEpoch)
      try container.encodeIfPresent(metrics.end?.seconds, forKey: .seconds)
      try container.encodeIfPresent(metrics.end?.endedBy, forKey: .endedBy)
      try container.encodeIfPresent(metrics.end?.weightsDigest, forKey: .weightsDigest)
    }
  }

  private var stateName: String {
    switch state {
    case .complete: "complete"
    case .running: "running"
    case .stopped: "stopped"
    case .noMetrics: "no-metrics"
    case .broken: "broken"
    }
  }
}
