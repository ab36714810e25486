import Model

extension TrainingConfiguration {
  /// The defaults, whatever the threads.
  package static let standard = TrainingConfiguration(threads: 1)

  /// The declaration of a property.
  ///
  /// - Parameter path: The property, which ``declarations`` has.
  /// - Returns: Its declaration.
  package static func declaration(
    of path: PartialKeyPath<TrainingConfiguration>
  ) -> DeclaredSetting<TrainingConfiguration> {
    guard let declaration = declarations.first(where: { ($0.path as AnyKeyPath) == path }) else {
      preconditionFailure("\(path) is not declared")
    }
    return declaration
  }

  /// The names that ``settings`` may have, under all rules and schedules.
  package static let settingNames: Set<String> = {
    var names = Set(declarations.filter { $0.role != .execution }.map(\.name))
    names.formUnion(["optimizer", "lr-schedule"])
    for kind in OptimizerKind.allCases { names.formUnion(Optimizer(kind).settings.map(\.name)) }
    for kind in LearningRateSchedule.Kind.allCases {
      names.formUnion(LearningRateSchedule(kind).settings.map(\.name))
    }
    return names
  }()

  /// The name of the setting that an option's name means.
  ///
  /// - Parameter option: A name without the leading dashes.
  /// - Returns: The same name, or the long one of a short name.
  package static func settingName(of option: String) -> String {
    option == "lr" ? "learning-rate" : option
  }

  /// The effective settings that enter a run's result or length, in the order of the help; what has
  /// no value, and what the chosen rules do not have, is left out.
  package var settings: [Setting] {
    let declared = Self.declarations.filter { $0.role != .execution }
      .compactMap { $0.value(of: self)?.setting }
    return declared + [Setting("optimizer", .text(optimizer.kind.rawValue))]
      + optimizer.settings.map(\.setting)
      + [Setting("lr-schedule", .text(schedule.kind.rawValue))] + schedule.settings.map(\.setting)
  }
}

extension ModelDescription: TextSettingValue {}

extension SettingRange where Value == ModelDescription {
  /// Every model.
  static var any: Self { Self("") { _ in true } }
}

extension Dropout.Mode: SettingValue {
  package init?(_ value: Setting.Value) {
    guard case .text(let name) = value else { return nil }
    self.init(rawValue: name)
  }

  package var settingValue: Setting.Value { .text(rawValue) }
}

extension SettingRange where Value == Dropout.Mode {
  /// Both modes.
  static var any: Self { Self("inverted or vanilla") { _ in true } }
}
