import Model
import Parallel

/// A curve by which the learning rate changes: its settings, and its factor in each step.
///
/// A new schedule is a type of this kind in a file of its own, and a case of ``LearningRateSchedule`` and of
/// its ``LearningRateSchedule/Kind``; `docs/extending.md` has an example. `docs/training.md` has the formulas and their sources.
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

/// A step's place in its run, for the learning rate.
package struct CurvePoint: Sendable {
  /// The optimizer step, from 1.
  package var step: Int
  /// Steps of the whole run.
  package var totalSteps: Int
  /// Steps of a whole epoch.
  package var stepsPerEpoch: Int
  /// Steps over which the rate rises; 0 for none.
  package var warmupSteps: Int
  /// ``PlateauState/factor`` at the time.
  package var plateauFactor: Double

  /// Describes a step.
  ///
  /// - Parameters:
  ///   - step: The optimizer step, from 1.
  ///   - totalSteps: Steps of the whole run, at least 1.
  ///   - stepsPerEpoch: Steps of a whole epoch, at least 1.
  ///   - warmupSteps: Steps over which the rate rises; 0 for none.
  ///   - plateauFactor: ``PlateauState/factor`` at the time.
  package init(
    step: Int, totalSteps: Int, stepsPerEpoch: Int, warmupSteps: Int = 0,
    plateauFactor: Double = 1
  ) {
    precondition(
      step >= 1 && totalSteps >= 1 && stepsPerEpoch >= 1, "steps are counted from 1")
    self.step = step
    self.totalSteps = totalSteps
    self.stepsPerEpoch = stepsPerEpoch
    self.warmupSteps = warmupSteps
    self.plateauFactor = plateauFactor
  }
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
