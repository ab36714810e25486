import Files
import ImageData
import Model
import Parallel
import Synchronization

/// The training loop: epochs, steps and evaluation.
extension TrainingRun {
  /// Trains from the current position to the end, or until an observer stops the run.
  ///
  /// - Parameter observers: The observers of the run, in the order in which they are called.
  /// - Returns: The metrics of the last epoch, nil if the run was stopped before its first epoch
  ///   ended; and the reason why the run ended.
  /// - Throws: ``TrainerError`` if the loss is not finite; the error of an observer.
  @discardableResult
  public func train(
    observers: [any TrainingObserver] = []
  ) throws -> (last: EpochRecord?, ending: RunEnding) {
    let observer = ObserverGroup(observers: observers)
    let result: (last: EpochRecord?, ending: RunEnding)
    do {
      result = try trainEpochs(observer)
    } catch {
      // The error that ended the run is thrown, not one that follows from it.
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
    trainingStep.parametersChanged()
    lastClockReading = .now
    while true {
      if let ending { return (position.history.last, ending) }
      beginEpoch()
      let end = min(stepsPerEpoch, stepLimit - position.step + position.stepInEpoch)
      while position.stepInEpoch < end {
        let pauses = try runSteps(upTo: end, observer: observer)
        if pauses, try observer.paused(self) == .stop { return (position.history.last, .stopped) }
      }
      // Nobody reads the metrics of a range test's epochs.
      if learningRateSweep != nil {
        position.beginNextEpoch()
        continue
      }
      let record = try evaluateEpoch()
      // An epoch that the step limit cut short is not ended: a run with more steps resumes within
      // it.
      let isWhole = position.stepInEpoch == stepsPerEpoch
      if isWhole { position.endEpoch(record) }
      let decision = try observer.finished(record, of: self)
      if !isWhole { return (record, .completed) }
      if ending == nil, decision == .stop { return (record, .stopped) }
    }
  }

  /// Fills `order` with the samples of the current epoch.
  private func beginEpoch() {
    if configuration.shuffle {
      EpochOrder.fillShuffled(
        order.elements, samples: split.training, seed: configuration.seed,
        epoch: UInt32(position.epoch))
    } else {
      EpochOrder.fillSequential(order.elements, samples: split.training)
    }
  }

  /// Runs steps of the current epoch on the workers, until an observer requests a pause or `end` is
  /// reached.
  ///
  /// - Parameters:
  ///   - end: The number of steps of the epoch after which to return.
  ///   - observer: Called after each step.
  /// - Returns: Whether an observer requests a pause.
  /// - Throws: ``TrainerError`` if the loss is not finite. The position then includes that step.
  private func runSteps(upTo end: Int, observer: ObserverGroup) throws -> Bool {
    let start = ContinuousClock.now
    let initial = EpochProgress(position, stepsPerEpoch: stepsPerEpoch)
    let steps = EpochSteps(self)
    let trainingStep = trainingStep
    let communicator = communicator
    let pauses = Atomic(false)
    let result = Mutex(initial)
    trainingStep.team.run { worker in
      // Worker 0 reports the progress. All workers see the same losses, so they stop at the same
      // step.
      var progress = initial
      trainingStep.begin(worker: worker)
      while progress.stepInEpoch < end {
        let step = steps.next(progress)
        let total = trainingStep.run(
          worker: worker, batchCount: step.batchCount, batch: { steps.batch($0, of: step) },
          number: step.number, learningRate: step.learningRate,
          keepsGradients: step.keepsGradients)
        progress.advance(
          total, sampleCount: step.samples.count, learningRate: step.learningRate)
        if progress.hasDiverged { break }
        if worker == 0 {
          progress.seconds = initial.seconds + (ContinuousClock.now - start) / .seconds(1)
          // The other workers read it after the barrier; it is not written again before the next
          // one.
          if communicator.any(observer.progressed(progress)) {
            pauses.store(true, ordering: .relaxed)
          }
        }
        trainingStep.end(worker: worker)
        if pauses.load(ordering: .relaxed) { break }
      }
      if worker == 0 {
        let final = progress
        result.withLock { $0 = final }
      }
    }
    var progress = result.withLock { $0 }
    progress.seconds = initial.seconds + (ContinuousClock.now - start) / .seconds(1)
    position.update(with: progress)
    countSeconds()
    if progress.hasDiverged { throw divergence("loss at step \(position.step)") }
    return pauses.load(ordering: .relaxed)
  }

  /// Evaluates the model and returns the metrics of the epoch.
  ///
  /// - Throws: ``TrainerError`` if a loss is not finite.
  private func evaluateEpoch() throws -> EpochRecord {
    let (validation, test) = withAverage {
      if let count = configuration.averageStatistics { estimateStatistics(batchCount: count) }
      return (validationEvaluator?.evaluate(), testEvaluator.evaluate())
    }
    // No training loss follows the last update, so these losses are checked too.
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

  /// Sets the running statistics to the means of those of the epoch's first batches, as ``state``'s
  /// parameters have them; with several ranks, collective.
  ///
  /// Source: Izmailov et al. 2018, section 3.2; PyTorch's `update_bn`.
  private func estimateStatistics(batchCount: Int) {
    let batches = EpochSteps(self)
    let computation = trainingStep.computation
    computation.team.run { worker in
      computation.begin(worker: worker)
      for index in 0..<min(batchCount, batches.batchCount) {
        computation.updateStatistics(
          worker: worker, batch: batches.batch(index), weight: 1 / Double(index + 1))
      }
    }
  }

  /// Evaluates the test set again and returns the predictions; collective.
  ///
  /// If the run keeps a moving average of the weights, the average is evaluated.
  ///
  /// - Returns: The confusion matrix and the most confident mistakes.
  package func testOutcome() -> TestOutcome {
    withAverage {
      _ = testEvaluator.evaluate()
      return TestOutcome(testEvaluator, images: dataset.test, classCount: dataset.classCount)
    }
  }

  /// Adds the time since the last call to the duration of the run.
  private func countSeconds() {
    let now = ContinuousClock.now
    position.seconds += (now - lastClockReading) / .seconds(1)
    lastClockReading = now
  }

  private func divergence(_ loss: String) -> TrainerError {
    TrainerError(
      .failed,
      "the \(loss) is not a finite number: training diverged and was stopped; "
        + "the weights were not saved. A smaller \(setting: "learning-rate") may help")
  }
}
