/// A rule that updates parameters by their gradients.
///
/// The default settings are those of PyTorch, except for the learning rate. To add a rule, add a
/// type that conforms to this protocol, a case to ``Optimizer`` and to ``OptimizerKind``, and a
/// kernel.
package protocol UpdateRule: Sendable, Equatable {
  /// The settings. Options, configuration files, validation and records take them from here.
  static var settings: [DeclaredSetting<Self>] { get }
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

extension UpdateRule {
  /// The settings with their values.
  var values: [DeclaredValue] {
    Self.settings.compactMap { $0.value(of: self) }
  }

  /// Changes a setting.
  ///
  /// - Parameters:
  ///   - name: The name of the setting's option.
  ///   - value: The new value, which is not checked.
  /// - Returns: Whether the rule has the setting; otherwise nothing changes.
  mutating func set(_ name: String, to value: Double) -> Bool {
    Self.settings.first { $0.name == name }?.set(.number(value), of: &self) ?? false
  }
}
