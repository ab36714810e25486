import Model
import Parallel
import Training

extension TrainingRun {
  /// Sentences about options that do not have their usual effect in this run; none for most runs.
  var optionsWithoutEffect: [String] {
    var result: [String] = []
    let warmup = configuration.warmupSteps
    if warmup > stepLimit {
      result.append(
        "--warmup-steps is \(warmup), but the run has \(counted(stepLimit, "step")): the learning rate "
          + "does not reach \(configuration.optimizer.learningRate)")
    }
    let batches = (samplesPerEpoch - 1) / configuration.batchSize + 1
    if configuration.accumulate > batches {
      result.append(
        "--accumulate is \(configuration.accumulate), but an epoch has "
          + "\(counted(batches, "batch", plural: "batches")): each epoch makes one step")
    }
    return result
  }
}
