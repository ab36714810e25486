import Files
import ImageData
import Model
import Parallel
import Runs
import Training

/// The work of `trainer lr-find`, from the options to the output.
struct RangeTestJob {
  let options: LRFindCommand

  func run() throws {
    try MPIProcess.requireMPI()
    let usable = UsableCPUs.current()
    let test = RangeTest(try options.rates.sweep())
    let configuration = try configuration(cores: usable.count)
    if MPIProcess.isLeader {
      for output in options.outputs {
        try output.check()
        for input in options.inputs { try output.requireApart(from: input) }
        try AtomicFile.checkReplaceable(path: output.path)
      }
    }
    let prepared = try PreparedRun(options, configuration, usable: usable)
    prepared.warnOfOptions()
    let result = try test(
      prepared.run, observers: [RangeTestProgress(steps: test.sweep.steps)])
    if prepared.run.isLeader { try show(result, of: prepared.run) }
  }

  private func configuration(cores: Int) throws -> TrainingConfiguration {
    try refuseOptions()
    let configuration = RangeTest.configuration(try options.stepConfiguration(cores: cores))
    try configuration.validate(sampleCount: nil)
    return configuration
  }

  /// Throws an error for an option that would be ignored.
  private func refuseOptions() throws {
    let rates = "whose rates are --from and --to"
    let averages = "which uses no average of the weights"
    for (name, isGiven, words) in [
      ("learning-rate", options.optimizer.learningRate != nil, rates),
      ("ema", options.optimizer.ema != nil, averages),
      ("average-from", options.optimizer.averageFrom != nil, averages),
      ("average-statistics", options.optimizer.averageStatistics != nil, averages),
    ] where isGiven {
      throw TrainerError(.usage, "--\(name) has no meaning for lr-find, \(words)")
    }
  }

  private func show(_ result: RangeTestResult, of run: TrainingRun) throws {
    if let path = options.output {
      try RangeTestPage(result, summary: summary(of: run)).write(path: path)
    }
    try Console.result(
      options.json
        ? try encoded(RangeTestRecord(result))
        : [summary(of: run)] + RangeTestText(result, usesBlocks: Console.showsBlocks).lines)
    if let path = options.output, !options.json { Console.note("page: \(path)") }
  }

  private func summary(of run: TrainingRun) -> String {
    let configuration = run.configuration
    return "\(run.dataset.name), model \(configuration.model), "
      + "\(configuration.optimizer.kind.rawValue), batch \(configuration.batchSize), seed "
      + "\(configuration.seed)"
  }
}
