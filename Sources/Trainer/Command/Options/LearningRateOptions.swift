import ArgumentParser
import Model
import Training

/// The options for the schedule of the learning rate.
struct LearningRateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      SettingHelp.text(
        ["How the learning rate changes during the run"],
        default:
          "\(TrainingConfiguration.standard.schedule.kind.rawValue), or cosine for a model with "
          + "convolutions"),
      valueName: "name"))
  var lrSchedule: LearningRateSchedule.Kind?

  @Option(
    \.warmupSteps, "Steps over which the rate rises linearly to the schedule's", value: "n")
  var warmupSteps: Int?

  @Option("lr-step-epochs", of: .schedules, "Epochs between reductions", value: "n")
  var lrStepEpochs: Int?

  @Option("lr-gamma", of: .schedules, "Factor of a reduction", value: "x")
  var lrGamma: Double?

  @Option(
    "lr-patience", of: .schedules, "Epochs without a smaller loss that are tolerated",
    value: "n")
  var lrPatience: Int?

  @Option("lr-minimum", of: .schedules, "Smallest factor of the learning rate", value: "x")
  var lrMinimum: Double?

  /// Puts the options that are given into a configuration.
  ///
  /// - Parameter configuration: The configuration to change; it has the model.
  /// - Throws: `TrainerError` for a setting that the schedule does not have.
  func apply(to configuration: inout TrainingConfiguration) throws {
    if let lrSchedule { configuration.schedule = LearningRateSchedule(lrSchedule) }
    let settings: [(String, Setting.Value?)] = [
      ("lr-step-epochs", lrStepEpochs?.settingValue), ("lr-gamma", lrGamma?.settingValue),
      ("lr-patience", lrPatience?.settingValue), ("lr-minimum", lrMinimum?.settingValue),
    ]
    for case (let name, let value?) in settings where !configuration.schedule.set(name, to: value) {
      throw SettingOwners.schedules.refusal(of: name, by: configuration.schedule.kind.rawValue)
    }
    if let warmupSteps { configuration.warmupSteps = warmupSteps }
  }
}

extension LearningRateSchedule.Kind: NamedChoice {}
