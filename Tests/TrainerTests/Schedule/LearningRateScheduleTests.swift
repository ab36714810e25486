import Foundation
import Testing

@testable import Model
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
      var schedule = LearningRateSchedule(kind)
      let given: [(String, Setting.Value?)] = [
        ("lr-step-epochs", step_epochs.map { .integer($0) }),
        ("lr-gamma", gamma.map { .number($0) }), ("lr-minimum", minimum.map { .number($0) }),
      ]
      for case (let name, let value?) in given {
        let isKnown = schedule.set(name, to: value)
        #expect(isKnown)
      }
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
          at: CurvePoint(
            step: $0, totalSteps: curve.factors.count, stepsPerEpoch: curve.steps_per_epoch,
            warmupSteps: curve.warmup_steps))
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
    func factor(_ step: Int, warmup: Int) -> Double {
      LearningRateSchedule.constant.factor(
        at: CurvePoint(
          step: step, totalSteps: 100, stepsPerEpoch: 7, warmupSteps: warmup, plateauFactor: 0.5))
    }
    #expect((1...100).allSatisfy { factor($0, warmup: 0) == 1 })
    #expect((1...5).map { factor($0, warmup: 3) } == [1 / 3.0, 2 / 3.0, 1, 1, 1])
  }

  @Test("warm-up multiplies every schedule", arguments: LearningRateSchedule.Kind.allCases)
  func warmup(kind: LearningRateSchedule.Kind) {
    let schedule = LearningRateSchedule(kind)
    for step in 1...40 {
      func factor(warmup: Int) -> Double {
        schedule.factor(
          at: CurvePoint(
            step: step, totalSteps: 40, stepsPerEpoch: 5, warmupSteps: warmup,
            plateauFactor: 0.25))
      }
      switch kind {
      case .cosine:
        // Its curve begins after the warm-up.
        if step <= 10 { #expect(factor(warmup: 10) == Double(step) / 10) }
      default:
        #expect(factor(warmup: 10) == factor(warmup: 0) * min(Double(step) / 10, 1))
      }
    }
  }

  @Test(
    "past its length a curve stays where it ended", arguments: LearningRateSchedule.Kind.allCases)
  func pastTheEnd(kind: LearningRateSchedule.Kind) {
    var schedule = LearningRateSchedule(kind)
    let isStep = schedule.set("lr-step-epochs", to: .integer(1_000))
    #expect(isStep == (kind == .step))
    func factor(_ step: Int) -> Double {
      schedule.factor(
        at: CurvePoint(step: step, totalSteps: 40, stepsPerEpoch: 5, plateauFactor: 0.25))
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
      var plateau = ReduceOnPlateau()
      plateau.patience = reference.patience
      plateau.gamma = reference.gamma
      plateau.minimum = reference.minimum
      let schedule = LearningRateSchedule.plateau(plateau)
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
          at: CurvePoint(
            step: 5, totalSteps: 10, stepsPerEpoch: 2, plateauFactor: state.factor))
          == state.factor)
    }
  }

  @Test("other schedules take no notice of the loss")
  func onlyPlateau() {
    for kind in LearningRateSchedule.Kind.allCases where kind != .plateau {
      var state = PlateauState()
      for _ in 0..<20 { state.observe(1, schedule: LearningRateSchedule(kind)) }
      #expect(state == PlateauState())
    }
  }

  @Test(
    "a schedule has its own settings and no others",
    arguments: [
      (.constant, []), (.step, ["lr-step-epochs 3", "lr-gamma 0.1"]),
      (.cosine, ["lr-minimum 0.0"]), (.oneCycle, []),
      (.plateau, ["lr-gamma 0.1", "lr-patience 2", "lr-minimum 0.0"]),
    ] as [(LearningRateSchedule.Kind, [String])])
  func settings(kind: LearningRateSchedule.Kind, expected: [String]) {
    let schedule = LearningRateSchedule(kind)
    #expect(schedule.kind == kind)
    #expect(schedule.settings.map { "\($0.name) \($0.value)" } == expected)
    for (name, value) in [
      ("lr-step-epochs", .integer(5)), ("lr-gamma", .number(0.5)), ("lr-patience", .integer(5)),
      ("lr-minimum", .number(0.5)),
    ] as [(String, Setting.Value)] {
      var changed = schedule
      let hasIt = schedule.settings.contains { $0.name == name }
      let isSet = changed.set(name, to: value)
      #expect(isSet == hasIt)
      #expect(changed.settings.first { $0.name == name }?.value == (hasIt ? value : nil))
      #expect((changed == schedule) == !hasIt)
    }
  }

  @Test("a setting takes no value of another type")
  func foreignType() {
    var schedule = LearningRateSchedule(.plateau)
    let areSet = [
      schedule.set("lr-patience", to: .number(0.5)), schedule.set("lr-gamma", to: .flag(true)),
    ]
    #expect(areSet == [false, false])
    #expect(schedule == LearningRateSchedule(.plateau))
  }

  @Test("only a curve that is stretched over the run depends on its length")
  func length() {
    let kinds = LearningRateSchedule.Kind.allCases
    #expect(kinds.filter { LearningRateSchedule($0).dependsOnLength } == [.cosine, .oneCycle])
  }
}
