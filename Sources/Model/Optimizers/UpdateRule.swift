/// A rule that updates parameters by their gradients.
///
/// The default settings are those of PyTorch, except for the learning rate. A new rule is a type of
/// this kind in a file of its own, and its cases in `Optimizer.swift`; `docs/extending.md` has an
/// example.
package protocol UpdateRule: Sendable, Equatable {
  /// The settings. Validation, records and whoever shows settings take them from here.
  static var settings: [DeclaredSetting<Self>] { get }
  /// The names of the states of each parameter, in order; each state is one float per parameter.
  static var stateNames: [String] { get }
  /// The learning rate.
  var learningRate: Double { get set }
  /// The weight decay of weight matrices; the rule determines how it is applied.
  var weightDecay: Double { get set }
  /// The kind of the rule.
  var kind: OptimizerKind { get }
  /// The rule as one of all rules.
  var optimizer: Optimizer { get }

  /// The coefficients of one step, and how they change parameters.
  associatedtype Update: ParameterUpdate

  /// The update of one step.
  ///
  /// - Parameters:
  ///   - number: The step's number, from 1.
  ///   - learningRate: The learning rate of the step, which may differ from the setting.
  /// - Returns: The coefficients in single precision.
  func update(number: Int, learningRate: Double) -> Update
}

/// The coefficients of one step of a rule, computed once for all parameters.
package protocol ParameterUpdate: Sendable {
  /// Updates a range of parameters.
  ///
  /// Workers call it at once for disjoint ranges, whose limits depend on the model, the ranks and
  /// the threads. So the result for a parameter must depend on that parameter's values alone.
  ///
  /// - Parameter slice: The parameters, their gradients and states.
  func apply(to slice: ParameterSlice)
}

extension UpdateRule {
  /// The settings with their values.
  var values: [DeclaredValue] {
    Self.settings.compactMap { $0.value(of: self) }
  }

  /// Changes a setting.
  ///
  /// - Parameters:
  ///   - name: The setting's name.
  ///   - value: The new value, which is not checked.
  /// - Returns: Whether the rule has the setting; otherwise nothing changes.
  mutating func set(_ name: String, to value: Double) -> Bool {
    Self.settings.first { $0.name == name }?.set(.number(value), of: &self) ?? false
  }
}
