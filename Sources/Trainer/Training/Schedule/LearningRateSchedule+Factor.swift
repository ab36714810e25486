import Model
import Parallel

extension LearningRateSchedule {
  /// What multiplies the optimizer's learning rate in a step.
  ///
  /// The same bits on every machine. `docs/training.md` has the formulas and their sources.
  ///
  /// - Parameters:
  ///   - step: The optimizer step, from 1; past `totalSteps` the curve stays where it ended.
  ///   - totalSteps: Steps of the whole run, which `cosine` and `one-cycle` are stretched over.
  ///   - stepsPerEpoch: Steps of a whole epoch, for `step`.
  ///   - plateauFactor: ``PlateauState/factor`` at the time, for `plateau`.
  /// - Returns: The factor, at least 0; exactly 1 for a constant rate after the warm-up.
  package func factor(
    step: Int, totalSteps: Int, stepsPerEpoch: Int, plateauFactor: Double
  ) -> Double {
    precondition(
      step >= 1 && totalSteps >= 1 && stepsPerEpoch >= 1, "steps are counted from 1")
    let curve =
      switch kind {
      case .constant: 1.0
      case .step: power(gamma, (step - 1) / stepsPerEpoch / stepEpochs)
      case .cosine: cosine(step: step, totalSteps: totalSteps)
      case .oneCycle: Self.oneCycle(step: min(step, totalSteps), totalSteps: totalSteps)
      case .plateau: plateauFactor
      }
    return step < warmupSteps ? curve * (Double(step) / Double(warmupSteps)) : curve
  }

  /// Half a cosine over the steps after the warm-up, as PyTorch's CosineAnnealingLR after it.
  private func cosine(step: Int, totalSteps: Int) -> Double {
    guard step > warmupSteps, totalSteps > warmupSteps else { return 1 }
    let done = Double(min(step, totalSteps) - 1 - warmupSteps)
    return Self.anneal(from: 1, to: minimum, share: done / Double(totalSteps - warmupSteps))
  }

  /// PyTorch's OneCycleLR with its defaults: `pct_start` 0.3, `div_factor` 25, `final_div_factor`
  /// 10,000, cosines.
  private static func oneCycle(step: Int, totalSteps: Int) -> Double {
    let first = 1.0 / 25
    let last = first / 10_000
    let done = Double(step - 1)
    let peak = 0.3 * Double(totalSteps) - 1
    let end = Double(totalSteps - 1)
    if done <= peak { return anneal(from: first, to: 1, share: done / peak) }
    return anneal(from: 1, to: last, share: (done - peak) / (end - peak))
  }

  /// From one value to another along half a cosine.
  private static func anneal(from start: Double, to end: Double, share: Double) -> Double {
    end + (start - end) / 2 * (1 + cosineOfHalfTurns(share))
  }
}
