/// A rule by which gradients change parameters: its settings, its state, and what one step does.
///
/// The default settings are PyTorch's, except for the learning rate. A new rule is a type of this kind, a
/// case of ``Optimizer`` and of ``OptimizerKind``, and a kernel.
package protocol UpdateRule: Sendable, Equatable {
  /// The settings. Options, configuration files, validation and records take them from here.
  static var settings: [DeclaredSetting<Self>] { get }
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

extension UpdateRule {
  /// The settings with their values.
  var values: [DeclaredValue] {
    Self.settings.compactMap { $0.value(of: self) }
  }

  /// Changes a setting.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - value: Its new value.
  /// - Returns: False if the rule has no such setting.
  mutating func set(_ name: String, to value: Double) -> Bool {
    Self.settings.first { $0.name == name }?.set(.number(value), of: &self) ?? false
  }
}
