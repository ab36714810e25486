import Model

extension TrainingConfiguration {
  /// The schedule of the learning rate, with its settings.
  ///
  /// If it is never set, it is `constant`, and `cosine` for a model with convolutions: at a
  /// constant rate, the last steps of such a network change its accuracy by several tenths of a
  /// percent.
  public var schedule: LearningRateSchedule {
    get { givenSchedule ?? Self.usualSchedule(of: model) }
    set { givenSchedule = newValue }
  }

  private static func usualSchedule(of model: ModelDescription) -> LearningRateSchedule {
    LearningRateSchedule(model.hasConvolution ? .cosine : .constant)
  }
}
