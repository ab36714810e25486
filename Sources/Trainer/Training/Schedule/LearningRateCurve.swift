import Model

/// A curve by which the learning rate changes: its settings, and its factor in each step.
///
/// A new schedule is a type of this kind in a file of its own, and a case of
/// ``LearningRateSchedule`` and of its ``LearningRateSchedule/Kind``; `docs/extending.md` has an
/// example. `docs/training.md` has the formulas and their sources.
package protocol LearningRateCurve: Sendable, Equatable {
  /// The settings. Validation, records and whoever shows settings take them from here.
  static var settings: [DeclaredSetting<Self>] { get }
  /// Whether the curve is stretched over the run, so that a longer run has another.
  static var dependsOnLength: Bool { get }

  /// The factor of the optimizer's learning rate in a step, before the warm-up.
  ///
  /// - Parameter point: The step's place in the run.
  /// - Returns: The factor, at least 0; the same bits on every machine.
  func factor(at point: CurvePoint) -> Double
}

extension LearningRateCurve {
  package static var dependsOnLength: Bool { false }

  /// The settings with their values.
  var values: [DeclaredValue] {
    Self.settings.compactMap { $0.value(of: self) }
  }

  /// The curve with another value of a setting.
  ///
  /// - Parameters:
  ///   - name: The setting's name.
  ///   - value: The new value, which is not checked.
  /// - Returns: The curve; nil if it has no such setting.
  func setting(_ name: String, to value: Setting.Value) -> Self? {
    var result = self
    let declared = Self.settings.first { $0.name == name }
    return declared?.set(value, of: &result) == true ? result : nil
  }

  /// From one value to another along half a cosine.
  ///
  /// - Parameters:
  ///   - start: The value at the start.
  ///   - end: The value at the end.
  ///   - share: The position between them, from 0 to 1.
  /// - Returns: The value there.
  static func anneal(from start: Double, to end: Double, share: Double) -> Double {
    end + (start - end) / 2 * (1 + cosineOfHalfTurns(share))
  }
}

/// A factor of 1 throughout.
struct ConstantRate: LearningRateCurve {
  static let settings: [DeclaredSetting<ConstantRate>] = []

  func factor(at point: CurvePoint) -> Double { 1 }
}
