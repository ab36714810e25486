import Files
import Machine
import Model
import Training

/// Everything that determines a run's result.
///
/// A checkpoint can be resumed only by a run with the same identity.
package struct RunIdentity: Sendable, Equatable, Codable {
  /// The settings that affect the result, by name.
  package var settings: [String: String]
  /// The SHA-256 of each file of the data set, uncompressed, by file name.
  package var dataset: [String: String]
  /// OpenBLAS's core: the name of its set of kernels; nil for the native engine.
  ///
  /// Files call it `kernel`.
  package var blasCore: String?
  /// OpenBLAS's version; nil for the native engine.
  package var openBLASVersion: String?
  /// A number that changes if this program adds in another order.
  ///
  /// Nil, in older files, for sums by shards.
  package var arithmetic: Int?

  /// Sums by leaves.
  private static let presentArithmetic = 2

  private enum CodingKeys: String, CodingKey {
    case settings, dataset, openBLASVersion, arithmetic
    case blasCore = "kernel"
  }

  /// Describes a run.
  ///
  /// - Parameters:
  ///   - configuration: Its settings.
  ///   - initialWeights: The file of its initial weights; nil if there is none.
  ///   - dataset: The SHA-256 of each file of its data set, by file name.
  ///   - machine: The machine that it runs on.
  package init(
    configuration: TrainingConfiguration, initialWeights: String?, dataset: [String: String],
    machine: Machine
  ) {
    settings = Dictionary(
      uniqueKeysWithValues: configuration.settings
        .filter { $0.role == .result }
        .map { ($0.name, $0.value.description) })
    if configuration.schedule.dependsOnLength {
      settings["epochs"] = "\(configuration.epochs)"
      settings["steps"] = configuration.stepLimit.map(String.init)
    }
    settings["init"] = initialWeights
    self.dataset = dataset
    if configuration.engine == .openblas {
      blasCore = machine.openBLAS?.core
      openBLASVersion = machine.openBLAS?.version
    }
    arithmetic = Self.presentArithmetic
  }

  /// The same run as this version describes it: older ones had settings for hidden layers in place
  /// of a model, OpenBLAS as the only engine, and a result that depended on the size of shards, and
  /// did not have all settings.
  ///
  /// - Throws: `ArchitectureError` for hidden layers that no version made.
  func upgraded() throws -> RunIdentity {
    var result = self
    if result.settings["engine"] == nil { result.settings["engine"] = Engine.openblas.rawValue }
    result.settings["shard-size"] = nil
    result.settings.merge(OlderSettings.added.mapValues(\.description)) { recorded, _ in recorded }
    guard let model = try OlderSettings.model({ settings[$0] }) else { return result }
    for name in OlderSettings.names { result.settings[name] = nil }
    result.settings["model"] = model.description
    return result
  }

  /// Refuses to resume another run's checkpoint.
  ///
  /// The version of OpenBLAS may differ; see ``warning(comparedWith:)``.
  ///
  /// - Parameters:
  ///   - earlier: The identity of the run that wrote the checkpoint.
  ///   - checkpoint: The checkpoint's path.
  /// - Throws: ``TrainerError`` that names the first difference with both values.
  package func requireSame(as earlier: RunIdentity, checkpoint: String) throws {
    func differ(_ name: String, _ new: String?, _ old: String?, _ hint: Message) -> TrainerError {
      // Several options describe the model: the one that was given may be another than this.
      let subject: Message = name == "model" ? "the model" : "\(setting: name)"
      let difference: Message =
        "\(subject) is \(new ?? "not given"), but \(checkpoint) was written with "
        + "\(old ?? "none"); \(hint)"
      return TrainerError(.usage, difference)
    }
    // First the optimizer and the schedule: if they differ, so do their own settings.
    let names = Set(settings.keys).union(earlier.settings.keys).sorted()
    for name in ["optimizer", "lr-schedule"] + names
    where settings[name] != earlier.settings[name] {
      let isLength = name == "epochs" || name == "steps"
      throw differ(
        name, settings[name], earlier.settings[name],
        isLength
          ? "the learning-rate schedule depends on it, so it cannot change; a run that may become "
            + "longer needs another \(setting: "lr-schedule") from its start, for example constant"
          : "a run resumes only with the same settings")
    }
    for name in Set(dataset.keys).union(earlier.dataset.keys).sorted()
    where dataset[name] != earlier.dataset[name] {
      throw TrainerError(
        .usage,
        "the data set's \(name) has the SHA-256 \(dataset[name] ?? "none"), but "
          + "\(checkpoint) was written with \(earlier.dataset[name] ?? "none"): a run resumes only "
          + "with the same \(setting: "dataset") and \(setting: "data")")
    }
    if let core = earlier.blasCore, blasCore != core {
      throw differ(
        "blas-core", blasCore, core,
        "other kernels change the last bits. \(setting: "blas-core") \(core) resumes the run if "
          + "the CPU supports these kernels; on a cluster with different CPUs, start runs with "
          + "kernels that all of them support, for example \(setting: "blas-core") Haswell")
    }
  }

  /// A warning about a difference that may change the last bits of the result.
  ///
  /// - Parameter earlier: The identity of the run that wrote the checkpoint.
  /// - Returns: The warning; nil if there is no difference.
  package func warning(comparedWith earlier: RunIdentity) -> String? {
    let consequence =
      "the last bits of its results may differ from those of a run that was never stopped"
    if arithmetic != earlier.arithmetic {
      return "the run started with a version of this program that adds in another order: "
        + consequence
    }
    guard let version = openBLASVersion, let old = earlier.openBLASVersion, version != old else {
      return nil
    }
    return "OpenBLAS is \(version), but the run started with \(old): \(consequence)"
  }
}
