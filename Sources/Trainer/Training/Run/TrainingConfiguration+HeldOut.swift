import Files
import ImageData
import Model

extension TrainingConfiguration {
  /// The samples that are held out of the training set.
  package var heldOut: HeldOut { fold.map(HeldOut.fold) ?? .samples(validationCount) }

  /// Whether samples are held out.
  package var holdsOut: Bool { fold != nil || validationCount > 0 }

  /// Refuses settings about held-out samples that contradict each other or have no meaning.
  ///
  /// - Throws: ``TrainerError`` that names them.
  func validateHeldOut() throws {
    if let fold, validationCount > 0 {
      throw TrainerError(
        .usage,
        "\(setting: "fold") is \(fold), but \(setting: "validation") is \(validationCount); only "
          + "one of them can hold samples out")
    }
    if holdsOut { return }
    if earlyStoppingPatience != nil {
      throw Self.withoutHeldOut("early-stopping", "whose loss it watches")
    }
    if stratify { throw Self.withoutHeldOut("stratify", "whose samples it chooses") }
  }

  private static func withoutHeldOut(_ name: String, _ use: String) -> TrainerError {
    TrainerError(
      .usage,
      "\(setting: name) needs \(setting: "validation") N or \(setting: "fold") k/K, \(use)")
  }
}

extension Fold: TextSettingValue {}

extension SettingRange where Value == Fold {
  /// Parts that there are.
  static var allowed: Self { Self(Fold.limits) { $0.isAllowed } }
}
