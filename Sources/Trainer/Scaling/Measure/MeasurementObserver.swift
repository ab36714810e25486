import Synchronization
import Training

/// Measures a run: warm-up, timed steps, profiled steps, end.
final class MeasurementObserver: TrainingObserver {
  private enum Phase {
    case warmUp
    case timed
    case profiled
    case done
  }

  /// The seconds of training over all epochs; each epoch counts its own.
  private struct TrainingClock {
    private var epoch = 0
    private var behind = 0.0
    private var inEpoch = 0.0

    mutating func read(_ progress: EpochProgress) -> Double {
      if progress.epoch != epoch {
        behind += inEpoch
        epoch = progress.epoch
      }
      inEpoch = progress.seconds
      return behind + inEpoch
    }
  }

  private struct State {
    var phase = Phase.warmUp
    var clock = TrainingClock()
    /// The start of the current phase.
    var start = 0.0
    var now = 0.0
    var steps = 0
    var samples = 0

    var figures = Figures()
    var times: ProcessorTimes?

    var seconds: Double { now - start }

    mutating func enter(_ phase: Phase) {
      self.phase = phase
      start = now
      steps = 0
      samples = 0
    }
  }

  /// The results of a measurement.
  struct Figures {
    var steps = 0
    var samples = 0
    var seconds = 0.0
    var digest = ""
    var profiledSteps = 0
    var interference: Interference?
  }

  /// The duration of the profiled part; a longer one would not make the shares more stable.
  private static let profiledSeconds = 0.25
  private static let leastProfiledSteps = 3

  private let plan: MeasurementPlan
  private let readTimes: @Sendable () -> ProcessorTimes
  private let state = Mutex(State())

  /// Prepares a measurement; every rank has one.
  ///
  /// - Parameters:
  ///   - plan: The length of the measurement.
  ///   - readTimes: Reads the CPU times; collective.
  init(plan: MeasurementPlan, readTimes: @escaping @Sendable () -> ProcessorTimes) {
    self.plan = plan
    self.readTimes = readTimes
  }

  /// The results, after the run has ended.
  var figures: Figures { state.withLock { $0.figures } }

  func progressed(_ progress: EpochProgress) -> Bool {
    state.withLock { state in
      state.now = state.clock.read(progress)
      state.steps += 1
      state.samples += progress.lastSampleCount
      return isOver(state)
    }
  }

  private func isOver(_ state: State) -> Bool {
    switch state.phase {
    case .warmUp: state.steps == plan.warmUpSteps
    case .timed:
      switch plan.length {
      case .steps(let steps): state.steps == steps
      case .seconds(let seconds): state.seconds >= seconds
      }
    case .profiled:
      state.seconds >= Self.profiledSeconds && state.steps >= Self.leastProfiledSteps
    case .done: true
    }
  }

  func paused(_ run: TrainingRun) throws -> RunDecision {
    // All ranks pause if one of them asked for it, so they change phases together.
    state.withLock { state in
      switch state.phase {
      case .warmUp:
        takeDigest(run, &state)
        state.times = readTimes()
        state.enter(.timed)
      case .timed:
        let times = readTimes()
        state.figures.steps = state.steps
        state.figures.samples = state.samples
        state.figures.seconds = state.seconds
        state.figures.interference = state.times.map(times.interference(since:))
        takeDigest(run, &state)
        run.profile?.isRecording = true
        state.enter(.profiled)
      case .profiled:
        run.profile?.isRecording = false
        state.figures.profiledSteps = state.steps
        state.enter(.done)
        return .stop
      case .done: return .stop
      }
      return .proceed
    }
  }

  private func takeDigest(_ run: TrainingRun, _ state: inout State) {
    if run.position.step == plan.digestStep { state.figures.digest = run.digest }
  }
}
