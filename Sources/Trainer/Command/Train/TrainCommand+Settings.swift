import Files
import ImageData
import Model
import Runs
import Training

extension TrainCommand: TrainingOptions {
  var isQuiet: Bool { quiet }
  var initialWeights: String? { files.`init` }
  var hasCheckpoint: Bool { get throws { try output.hasCheckpoint } }
  var evaluates: Bool { true }
  var writesCheckpoints: Bool { output.output != nil }
  var profileDetail: StageProfile.Detail? { files.profile == nil ? nil : .events }
  var outputs: [OutputPath] { files.outputs }

  /// The settings, checked as far as they can be without the data.
  ///
  /// - Parameter cores: The number of threads if none is given.
  /// - Returns: The configuration.
  /// - Throws: `TrainerError` that names the option.
  func configuration(cores: Int) throws -> TrainingConfiguration {
    try output.requireMeaning()
    try files.requireMeaning()
    var configuration = try stepConfiguration(cores: cores)
    try schedule.apply(to: &configuration)
    try learningRate.apply(to: &configuration)
    try configuration.validate(sampleCount: nil)
    if let objective = files.objective, objective.needsValidation, !configuration.holdsOut {
      throw TrainerError(
        .usage, "--objective \(objective.rawValue) needs --validation N or --fold k/K")
    }
    return configuration
  }

  /// Settings that a resumed run inherits, besides its configuration.
  ///
  /// - Parameter run: The run.
  /// - Returns: Data, core, start and checkpoints.
  func recordedSettings(of run: TrainingRun) -> [Setting] {
    var result = [Setting("dataset", .text(run.dataset.name))]
    if let directory = data.data {
      result.append(Setting("data", .text(PathNames.absolute(directory))))
    }
    if let core = kernels.blas.name { result.append(Setting("blas-core", .text(core))) }
    if let path = files.initialPath { result.append(Setting("init", .text(path))) }
    return result + output.settings
  }

  /// Names without a default, if they were given, and files.
  var givenSettings: [Setting] {
    Self.given([("dataset", data.dataset), ("data", data.data), ("output", output.output)])
      + [Setting("blas-core", .text(kernels.blasCore))] + files.settings
  }

  /// The switches that are on of what the command shows.
  var shownSettings: [Setting] {
    [("quiet", quiet), ("no-progress", noProgress)].filter(\.1).map { Setting($0.0, .flag(true)) }
  }

  /// The settings besides the configuration that decide what ranks do together.
  var jobSettings: [Setting] {
    Self.given([("output", output.output)]) + output.settings + files.settings
      + [
        Setting("resume", .flag(output.resume), .length),
        Setting("overwrite", .flag(output.overwrite), .length),
      ]
  }

  /// Options that a resumed run does not inherit, and that must be given again: the files that are
  /// written outside of its directory.
  var repeatedOptions: [Setting] {
    // The weights before training are written once.
    files.settings.filter { !["init", "save-init"].contains($0.name) }
  }

  private static func given(_ texts: [(name: String, value: String?)]) -> [Setting] {
    texts.compactMap { text in text.value.map { Setting(text.name, .text($0)) } }
  }
}
