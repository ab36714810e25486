import ImageData
import Model
import Parallel
import Synchronization

/// The loop: epochs, steps, evaluation.
extension TrainingRun {
  /// Trains from the present position until the end or until an observer stops it.
  ///
  /// - Parameter observers: Are told how it goes.
  /// - Returns: The figures of the last epoch, nil where it was stopped before the first ended, and
  ///   why the run ended.
  /// - Throws: ``TrainerError`` where the loss is no longer finite, or what an observer throws.
  @discardableResult
  public func train(
    observers: [any TrainingObserver] = []
  ) throws -> (last: EpochRecord?, ending: RunEnding) {
    let observer = ObserverGroup(observers: observers)
    let result: (last: EpochRecord?, ending: RunEnding)
    do {
      result = try trainEpochs(observer)
    } catch {
      // What ended the run is thrown, and not what failed after it.
      try? observer.stopped(self, failure: error)
      throw error
    }
    if let last = result.last, result.ending != .stopped {
      try observer.ended(self, after: last, ending: result.ending)
    } else {
      try observer.stopped(self, failure: nil)
    }
    return result
  }

  private func trainEpochs(
    _ observer: ObserverGroup
  ) throws -> (last: EpochRecord?, ending: RunEnding) {
    let decision = try observer.started(self)
    if decision == .stop { return (position.history.last, .stopped) }
    stepper.step.parametersChanged()
    lastClockReading = .now
    while true {
      if let ending { return (position.history.last, ending) }
      beginEpoch()
      let end = min(stepsPerEpoch, stepLimit - position.step + position.stepInEpoch)
      while position.stepInEpoch < end {
        let pauses = try runSteps(upTo: end, observer: observer)
        if pauses, try observer.paused(self) == .stop { return (position.history.last, .stopped) }
      }
      let record = try evaluateEpoch()
      // An epoch that the step limit cut short stays under way: a longer run goes on inside it.
      let isWhole = position.stepInEpoch == stepsPerEpoch
      if isWhole { position.endEpoch(record) }
      let decision = try observer.finished(record, of: self)
      if !isWhole { return (record, .completed) }
      if ending == nil, decision == .stop { return (record, .stopped) }
    }
  }

  /// Puts the samples in the epoch's order.
  private func beginEpoch() {
    if configuration.shuffle {
      EpochOrder.fillShuffled(
        order.elements, samples: split.training, seed: configuration.seed,
        epoch: UInt32(position.epoch))
    } else {
      EpochOrder.fillSequential(order.elements, samples: split.training)
    }
  }

  /// Runs steps of the epoch on the workers, until an observer wants a pause or `end` is reached.
  ///
  /// - Parameters:
  ///   - end: Steps of the epoch after which to return.
  ///   - observer: Is told of each step.
  /// - Returns: Whether an observer wants a pause.
  /// - Throws: ``TrainerError`` if the loss is no longer finite; the position is behind that step.
  private func runSteps(upTo end: Int, observer: ObserverGroup) throws -> Bool {
    let start = ContinuousClock.now
    let initial = EpochProgress(position, stepsPerEpoch: stepsPerEpoch)
    let steps = EpochSteps(self)
    let stepper = stepper
    let communicator = communicator
    let pauses = Atomic(false)
    let result = Mutex(initial)
    stepper.step.team.run { worker in
      // Worker 0 keeps the books; every worker sees the same losses and so stops at the same step.
      var progress = initial
      stepper.step.begin(worker: worker)
      while progress.stepInEpoch < end {
        let step = steps.next(progress)
        let total = stepper.run(
          worker: worker, batchCount: step.batchCount, batch: { steps.batch($0, of: step) },
          number: step.number, learningRate: step.learningRate,
          keepsGradients: step.keepsGradients)
        progress.advance(
          total, sampleCount: step.samples.count, learningRate: step.learningRate)
        if progress.hasDiverged { break }
        if worker == 0 {
          progress.seconds = initial.seconds + (ContinuousClock.now - start) / .seconds(1)
          // The others read it behind the barrier, and it is not written again before another one.
          if communicator.any(observer.progressed(progress)) {
            pauses.store(true, ordering: .relaxed)
          }
        }
        stepper.step.end(worker: worker)
        if pauses.load(ordering: .relaxed) { break }
      }
      if worker == 0 {
        let final = progress
        result.withLock { $0 = final }
      }
    }
    var progress = result.withLock { $0 }
    progress.seconds = initial.seconds + (ContinuousClock.now - start) / .seconds(1)
    position.take(progress)
    countSeconds()
    if progress.hasDiverged { throw divergence("loss at step \(position.step)") }
    return pauses.load(ordering: .relaxed)
  }

  /// Evaluates the model and puts the epoch's figures together.
  private func evaluateEpoch() throws -> EpochRecord {
    let (validation, test) = withAverage {
      (validationEvaluator?.evaluate(), testEvaluator.evaluate())
    }
    // The last step's update meets no other training loss.
    for (name, result) in [("validation", validation), ("test", test)] {
      guard result?.total.loss.isFinite ?? true else {
        throw divergence("\(name) loss after step \(position.step)")
      }
    }
    countSeconds()
    return EpochRecord(
      epoch: position.epoch, step: position.step,
      training: EvaluationResult(total: position.total, sampleCount: position.sampleCount),
      test: test, validation: validation, trainingSeconds: position.trainingSeconds,
      seconds: position.seconds, learningRate: LearningRates(self).rate(step: position.step))
  }

  /// What the model that is evaluated makes of the test set; evaluates it once more, on all ranks.
  ///
  /// - Returns: The confusion matrix and the predictions' probabilities.
  package func testOutcome() -> TestOutcome {
    withAverage {
      _ = testEvaluator.evaluate()
      return TestOutcome(testEvaluator, images: dataset.test, classCount: dataset.classCount)
    }
  }

  /// Adds the time since the last reading to the run's.
  private func countSeconds() {
    let now = ContinuousClock.now
    position.seconds += (now - lastClockReading) / .seconds(1)
    lastClockReading = now
  }

  private func divergence(_ loss: String) -> TrainerError {
    TrainerError(
      .failed,
      "the \(loss) is not a finite number: training diverged and stopped there; "
        + "its weights were not saved. A smaller --learning-rate may help")
  }
}
