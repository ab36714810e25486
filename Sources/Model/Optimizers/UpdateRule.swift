/// A rule that updates parameters by their gradients.
///
/// The default settings are those of PyTorch, except for the learning rate. To add a rule, add a
/// type that conforms to this protocol, a case to ``Optimizer`` and to ``OptimizerKind``, and a
/// kernel.
package protocol UpdateRule: Sendable, Equatable {
  /// The settings, declared once for options, configuration files, validation and records.
  static var settings: [RuleSetting<Self>] { get }
  /// The names of the states of each parameter, in order; each state is one float per parameter.
  static var stateNames: [String] { get }
  /// The learning rate.
  var learningRate: Double { get set }
  /// The weight decay of weight matrices; the rule determines how it is applied.
  var weightDecay: Double { get set }

  /// The update of one step.
  ///
  /// - Parameters:
  ///   - number: The step's number, from 1.
  ///   - learningRate: The learning rate of the step, which may differ from the setting.
  /// - Returns: The kernel and its coefficients in single precision.
  func update(number: Int, learningRate: Double) -> OptimizerStep.Update
}

/// A setting of an update rule.
package struct RuleSetting<Rule>: Sendable {
  /// The name of the setting's option and key.
  let name: String
  /// The valid values.
  let range: SettingRange
  /// The rule's property with the value.
  let path: any WritableKeyPath<Rule, Double> & Sendable

  /// Declares a setting.
  ///
  /// - Parameters:
  ///   - name: The name of the setting's option and key.
  ///   - range: The valid values.
  ///   - path: The rule's property with the value.
  package init(
    _ name: String, _ range: SettingRange, _ path: any WritableKeyPath<Rule, Double> & Sendable
  ) {
    self.name = name
    self.range = range
    self.path = path
  }
}

/// The valid values of a setting.
package enum SettingRange: Sendable {
  /// Finite numbers greater than 0.
  case positive
  /// Finite numbers of at least 0.
  case notNegative
  /// Numbers of at least 0 and less than 1.
  case belowOne

  /// Whether a value is valid.
  ///
  /// - Parameter value: The value.
  /// - Returns: Whether it is in the range; false for NaN.
  package func contains(_ value: Double) -> Bool {
    switch self {
    case .positive: value > 0 && value.isFinite
    case .notNegative: value >= 0 && value.isFinite
    case .belowOne: value >= 0 && value < 1
    }
  }

  /// A description of the valid values, for messages.
  package var words: String {
    switch self {
    case .positive: "a finite number above 0"
    case .notNegative: "a finite number of at least 0"
    case .belowOne: "at least 0 and less than 1"
    }
  }
}

extension UpdateRule {
  /// The names, current values and ranges of the settings.
  var values: [OptimizerSetting] {
    Self.settings.map {
      OptimizerSetting(name: $0.name, value: self[keyPath: $0.path], range: $0.range)
    }
  }

  /// Changes a setting.
  ///
  /// - Parameters:
  ///   - name: The name of the setting's option.
  ///   - value: The new value, which is not checked.
  /// - Returns: Whether the rule has the setting; otherwise nothing changes.
  mutating func set(_ name: String, to value: Double) -> Bool {
    guard let setting = Self.settings.first(where: { $0.name == name }) else { return false }
    self[keyPath: setting.path] = value
    return true
  }
}
