import Machine
import Model
import Training

/// What a run's result is a function of: a run goes on only where all of it is the same.
package struct RunIdentity: Sendable, Equatable, Codable {
  /// The settings that enter the result, by their options' names, as on the command line.
  package var settings: [String: String]
  /// The SHA-256 of each of the data set's files, unpacked.
  package var dataset: [String: String]
  /// OpenBLAS's core.
  package var kernel: String
  /// OpenBLAS's version.
  package var openBLASVersion: String

  /// Describes a run.
  ///
  /// - Parameters:
  ///   - configuration: Its settings.
  ///   - initialWeights: The file that it starts from, if any.
  ///   - dataset: Its data's digests.
  ///   - machine: Where it runs.
  package init(
    configuration: TrainingConfiguration, initialWeights: String?, dataset: [String: String],
    machine: Machine
  ) {
    settings = Dictionary(
      uniqueKeysWithValues: configuration.settings
        .filter { $0.role == .mathematics }
        .map { ($0.name, $0.value.description) })
    if configuration.schedule.dependsOnLength {
      settings["epochs"] = "\(configuration.epochs)"
      settings["steps"] = configuration.stepLimit.map(String.init)
    }
    settings["init"] = initialWeights
    self.dataset = dataset
    kernel = machine.openBLAS.core
    openBLASVersion = machine.openBLAS.version
  }

  /// The same run as this version describes it: older ones had settings for hidden layers in place of
  /// a model.
  ///
  /// - Throws: `ArchitectureError` for hidden layers that no version made.
  func upgraded() throws -> RunIdentity {
    guard settings["model"] == nil, let hidden = settings["hidden"] else { return self }
    let perceptron = Perceptron(
      hidden: hidden.split(separator: ",").compactMap { Int($0) },
      batchNorm: settings["batch-norm"] == "true",
      dropout: settings["dropout"].flatMap(Double.init) ?? 0)
    try ArchitectureError.check(perceptron)
    var result = self
    for name in ["hidden", "batch-norm", "dropout"] { result.settings[name] = nil }
    result.settings["model"] = perceptron.model.description
    return result
  }

  /// Refuses to go on with what another run has begun.
  ///
  /// - Parameters:
  ///   - earlier: The run that a checkpoint is of.
  ///   - checkpoint: The checkpoint's path.
  /// - Throws: ``TrainerError`` that names the first difference with both values.
  package func requireSame(as earlier: RunIdentity, checkpoint: String) throws {
    func differ(_ option: String, _ new: String?, _ old: String?, _ hint: String) -> TrainerError {
      TrainerError(
        .usage,
        "--\(option) is \(new ?? "not given"), but \(checkpoint) was written with "
          + "\(old ?? "none"); \(hint)")
    }
    // First the rules, whose own settings differ with them.
    let names = Set(settings.keys).union(earlier.settings.keys).sorted()
    for name in ["optimizer", "lr-schedule"] + names
    where settings[name] != earlier.settings[name] {
      let isLength = name == "epochs" || name == "steps"
      throw differ(
        name, settings[name], earlier.settings[name],
        isLength
          ? "the learning-rate schedule is stretched over it, so that it cannot change"
          : "a run resumes only with the same settings")
    }
    for name in Set(dataset.keys).union(earlier.dataset.keys).sorted()
    where dataset[name] != earlier.dataset[name] {
      throw TrainerError(
        .usage,
        "the data set's \(name) has the SHA-256 \(dataset[name] ?? "none"), but "
          + "\(checkpoint) was written with \(earlier.dataset[name] ?? "none"): a run resumes only with "
          + "the same --dataset and --data")
    }
    if kernel != earlier.kernel {
      throw differ(
        "blas-core", kernel, earlier.kernel,
        "other kernels change the last bits. --blas-core \(earlier.kernel) resumes it if the CPU can run "
          + "them; on machines of different kinds start runs with kernels that all have, for example "
          + "--blas-core Haswell")
    }
  }

  /// A difference that may, but need not, change bits.
  ///
  /// - Parameter earlier: The run that a checkpoint is of.
  /// - Returns: A warning, or nil.
  package func warning(comparedWith earlier: RunIdentity) -> String? {
    if openBLASVersion == earlier.openBLASVersion { return nil }
    return "OpenBLAS is \(openBLASVersion); the run began with \(earlier.openBLASVersion): "
      + "its last bits may differ from those of a run that was never stopped"
  }
}
