/// A rule by which gradients change parameters: its settings, its state, and what one step does.
///
/// The default settings are PyTorch's, except for the learning rate. A new rule is a type of this kind, a
/// case of ``Optimizer`` and of ``OptimizerKind``, and a kernel.
package protocol UpdateRule: Sendable, Equatable {
  /// The settings. Options, configuration files, validation and records take them from here.
  static var settings: [RuleSetting<Self>] { get }
  /// The names of the state that each parameter has, one float each, in the order of memory.
  static var stateNames: [String] { get }
  /// The step's size.
  var learningRate: Double { get set }
  /// Decay of weight matrices; how it enters the update is the rule's.
  var weightDecay: Double { get set }

  /// What the rule does in one step.
  ///
  /// - Parameters:
  ///   - number: The step, from 1.
  ///   - learningRate: The step's size, which a schedule may have changed.
  /// - Returns: The kernel and its coefficients in single precision.
  func update(number: Int, learningRate: Double) -> OptimizerStep.Update
}

/// A setting of an update rule.
package struct RuleSetting<Rule>: Sendable {
  /// The name of its option and key.
  let name: String
  /// The values that it may have.
  let range: SettingRange
  /// Where the rule has it.
  let path: any WritableKeyPath<Rule, Double> & Sendable

  /// Declares a setting.
  ///
  /// - Parameters:
  ///   - name: The name of its option and key.
  ///   - range: The values that it may have.
  ///   - path: Where the rule has it.
  package init(
    _ name: String, _ range: SettingRange, _ path: any WritableKeyPath<Rule, Double> & Sendable
  ) {
    self.name = name
    self.range = range
    self.path = path
  }
}

/// The values that a setting may have.
package enum SettingRange: Sendable {
  /// Finite numbers above 0.
  case positive
  /// Finite numbers from 0 on.
  case notNegative
  /// Numbers from 0 to below 1.
  case belowOne

  /// Whether a value is one of them.
  ///
  /// - Parameter value: The value.
  /// - Returns: False also if it is not a number.
  package func contains(_ value: Double) -> Bool {
    switch self {
    case .positive: value > 0 && value.isFinite
    case .notNegative: value >= 0 && value.isFinite
    case .belowOne: value >= 0 && value < 1
    }
  }

  /// The values in words, for messages.
  package var words: String {
    switch self {
    case .positive: "a finite number above 0"
    case .notNegative: "a finite number from 0 on"
    case .belowOne: "at least 0 and less than 1"
    }
  }
}

extension UpdateRule {
  /// The settings' names, values and ranges.
  var values: [OptimizerSetting] {
    Self.settings.map {
      OptimizerSetting(name: $0.name, value: self[keyPath: $0.path], range: $0.range)
    }
  }

  /// Changes a setting.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - value: Its new value.
  /// - Returns: False if the rule has no such setting.
  mutating func set(_ name: String, to value: Double) -> Bool {
    guard let setting = Self.settings.first(where: { $0.name == name }) else { return false }
    self[keyPath: setting.path] = value
    return true
  }
}
