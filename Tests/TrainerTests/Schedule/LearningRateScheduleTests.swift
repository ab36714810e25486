import Foundation
import Testing

@testable import Training

/// schedules.json: factors by PyTorch's schedulers.
private struct Content: Decodable {
  struct Curve: Decodable {
    let kind: LearningRateSchedule.Kind
    let steps_per_epoch: Int
    let warmup_steps: Int
    let step_epochs: Int?
    let gamma: Double?
    let minimum: Double?
    let factors: [Double]

    var schedule: LearningRateSchedule {
      var schedule = LearningRateSchedule()
      schedule.kind = kind
      schedule.warmupSteps = warmup_steps
      schedule.stepEpochs = step_epochs ?? schedule.stepEpochs
      schedule.gamma = gamma ?? schedule.gamma
      schedule.minimum = minimum ?? schedule.minimum
      return schedule
    }
  }

  struct Plateau: Decodable {
    let patience: Int
    let gamma: Double
    let minimum: Double
    /// nil for a loss that is no number.
    let losses: [Double?]
    let factors: [Double]
    let best: [Double]
    let bad: [Int]
  }

  let curves: [Curve]
  let plateaus: [Plateau]
}

@Suite("Learning-rate schedules")
struct LearningRateScheduleTests {
  @Test("every step's factor is PyTorch's within 1e-13")
  func curves() throws {
    let curves = try Reference.read("schedules", as: Content.self).curves
    let kinds = Set(curves.map(\.kind)).union([.plateau])
    #expect(kinds == Set(LearningRateSchedule.Kind.allCases))
    for curve in curves {
      let found = (1...curve.factors.count).map {
        curve.schedule.factor(
          step: $0, totalSteps: curve.factors.count, stepsPerEpoch: curve.steps_per_epoch,
          plateauFactor: 1)
      }
      for (step, (factor, expected)) in zip(found, curve.factors).enumerated() {
        #expect(
          abs(factor - expected) < 1e-13,
          "\(curve.kind), \(curve.factors.count) steps, step \(step + 1)")
      }
    }
  }

  @Test("a constant rate is the optimizer's to the last bit, after the warm-up")
  func constant() {
    var schedule = LearningRateSchedule()
    func factor(_ step: Int) -> Double {
      schedule.factor(step: step, totalSteps: 100, stepsPerEpoch: 7, plateauFactor: 0.5)
    }
    #expect((1...100).allSatisfy { factor($0) == 1 })
    schedule.warmupSteps = 3
    #expect((1...5).map(factor) == [1 / 3.0, 2 / 3.0, 1, 1, 1])
  }

  @Test("warm-up multiplies every schedule", arguments: LearningRateSchedule.Kind.allCases)
  func warmup(kind: LearningRateSchedule.Kind) {
    var schedule = LearningRateSchedule()
    schedule.kind = kind
    var warmed = schedule
    warmed.warmupSteps = 10
    for step in 1...40 {
      func factor(_ schedule: LearningRateSchedule) -> Double {
        schedule.factor(step: step, totalSteps: 40, stepsPerEpoch: 5, plateauFactor: 0.25)
      }
      switch kind {
      case .cosine:
        // Its curve begins after the warm-up.
        if step <= 10 { #expect(factor(warmed) == Double(step) / 10) }
      default:
        #expect(factor(warmed) == factor(schedule) * min(Double(step) / 10, 1))
      }
    }
  }

  @Test(
    "past its length a curve stays where it ended", arguments: LearningRateSchedule.Kind.allCases)
  func pastTheEnd(kind: LearningRateSchedule.Kind) {
    var schedule = LearningRateSchedule()
    schedule.kind = kind
    schedule.stepEpochs = 1_000
    func factor(_ step: Int) -> Double {
      schedule.factor(step: step, totalSteps: 40, stepsPerEpoch: 5, plateauFactor: 0.25)
    }
    #expect(factor(41) == factor(40))
    #expect(factor(4_000) == factor(40))
    #expect(factor(40) > 0)
  }

  @Test("a plateau's factor, best loss and patience are PyTorch's after every epoch")
  func plateau() throws {
    let plateaus = try Reference.read("schedules", as: Content.self).plateaus
    #expect(plateaus.count == 3)
    for reference in plateaus {
      var schedule = LearningRateSchedule()
      schedule.kind = .plateau
      schedule.patience = reference.patience
      schedule.gamma = reference.gamma
      schedule.minimum = reference.minimum
      var state = PlateauState()
      for (epoch, loss) in reference.losses.enumerated() {
        state.observe(loss ?? .nan, schedule: schedule)
        #expect(abs(state.factor - reference.factors[epoch]) < 1e-15, "epoch \(epoch + 1)")
        #expect(state.best == reference.best[epoch], "epoch \(epoch + 1)")
        #expect(state.badEpochs == reference.bad[epoch], "epoch \(epoch + 1)")
      }
      #expect(state.factor < 1)
      #expect(
        schedule.factor(
          step: 5, totalSteps: 10, stepsPerEpoch: 2, plateauFactor: state.factor) == state.factor)
    }
  }

  @Test("other schedules take no notice of the loss")
  func onlyPlateau() {
    for kind in LearningRateSchedule.Kind.allCases where kind != .plateau {
      var schedule = LearningRateSchedule()
      schedule.kind = kind
      var state = PlateauState()
      for _ in 0..<20 { state.observe(1, schedule: schedule) }
      #expect(state == PlateauState())
    }
  }
}
