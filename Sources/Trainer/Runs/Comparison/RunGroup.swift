import Training

/// Runs that agree in some settings, and the spread of their results.
package struct RunGroup: Sendable {
  /// The settings in which they agree, in the order asked for; nil for one that they do not have.
  package let settings: [(name: String, value: String?)]
  /// The runs that have ended, sorted by name: the figures are theirs.
  package let runs: [RecordedRun]
  /// The runs that have not ended, whose last epoch is not their result.
  package let unfinished: [RecordedRun]
  /// The last epoch's test accuracy, from 0 to 1; nil if no run has ended.
  package let testAccuracy: SampleSummary?
  /// The last epoch's mean test loss, in nats; nil if no run has ended.
  package let testLoss: SampleSummary?
  /// The last epoch's validation accuracy, from 0 to 1, of the runs that have one; nil if none has.
  package let validationAccuracy: SampleSummary?
  /// The settings besides `seed` and `fold` that differ between the runs and may change a result,
  /// sorted.
  package let differing: [String]
  /// Runs with the same weights as an earlier one: a repetition, not another sample.
  package let repeated: [RecordedRun]

  /// Settings in which the runs of an experiment differ on purpose.
  private static let sampled: Set = ["seed", "fold"]

  /// Summarizes runs.
  ///
  /// - Parameters:
  ///   - settings: The settings in which they agree.
  ///   - members: The runs, sorted by name.
  init(settings: [(name: String, value: String?)], members: [RecordedRun]) {
    self.settings = settings
    let runs = members.filter { $0.state == .complete }
    self.runs = runs
    unfinished = members.filter { $0.state != .complete }
    let last = runs.compactMap { $0.metrics?.epochs.last }
    testAccuracy = SampleSummary(runs.compactMap(\.testAccuracy))
    testLoss = SampleSummary(last.map(\.testLoss))
    validationAccuracy = SampleSummary(last.compactMap(\.validationAccuracy))
    differing = Self.differing(runs.compactMap(\.record))
    var digests: Set<String> = []
    repeated = runs.filter { run in
      run.metrics?.end.map { !digests.insert($0.weightsDigest).inserted } ?? false
    }
  }

  private static func differing(_ records: [RunRecord]) -> [String] {
    let all = records.map(\.comparable)
    var names = Set(all.flatMap(\.keys)).filter { name in
      all.contains { $0[name] != all.first?[name] }
    }
    // Data sets of one name may have other files.
    if records.contains(where: { $0.dataset.sha256 != records.first?.dataset.sha256 }) {
      names.insert("dataset")
    }
    return names.subtracting(sampled).subtracting(RunRecord.executionNames).sorted()
  }

  /// The settings in words, such as `optimizer adam, epochs 3`.
  var title: String {
    settings.map { "\($0.name) \($0.value ?? "none")" }.joined(separator: ", ")
  }

  /// Notes on the figures; none for most groups.
  package var notes: [String] {
    var notes: [String] = []
    if !differing.isEmpty {
      notes.append(
        "its runs also differ in \(differing.joined(separator: ", ")), so the deviation is not one "
          + "of seeds or folds alone")
    }
    if !repeated.isEmpty {
      notes.append(
        "no further evidence, since the weights are those of another run: \(Self.names(repeated))")
    }
    if !unfinished.isEmpty {
      notes.append("left out, since it has not ended: \(Self.names(unfinished))")
    }
    return notes.map { "\(title): \($0)" }
  }

  private static func names(_ runs: [RecordedRun]) -> String {
    runs.map(\.directory).joined(separator: ", ")
  }
}

extension RunGroup: Encodable {
  private enum CodingKeys: CodingKey {
    case settings, directories, testAccuracy, testLoss, validationAccuracy, differing, repeated
    case unfinished
  }

  /// Encodes the group as `trainer runs --group-by --json` prints it, without unknown values.
  ///
  /// - Parameter encoder: The encoder, which converts keys to snake case.
  /// - Throws: The encoder's error.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    let values = settings.compactMap { setting in setting.value.map { (setting.name, $0) } }
    try container.encode(Dictionary(uniqueKeysWithValues: values), forKey: .settings)
    try container.encode(runs.map(\.directory), forKey: .directories)
    try container.encodeIfPresent(testAccuracy, forKey: .testAccuracy)
    try container.encodeIfPresent(testLoss, forKey: .testLoss)
    try container.encodeIfPresent(validationAccuracy, forKey: .validationAccuracy)
    try container.encode(differing, forKey: .differing)
    try container.encode(repeated.map(\.directory), forKey: .repeated)
    try container.encode(unfinished.map(\.directory), forKey: .unfinished)
  }
}
