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
    guard options.optimizer.learningRate == nil else {
      throw TrainerError(
        .usage, "--learning-rate has no meaning for lr-find, whose rates are --from and --to")
    }
    let configuration = RangeTest.configuration(try options.stepConfiguration(cores: cores))
    try configuration.validate(sampleCount: nil)
    return configuration
  }

  private func show(_ result: RangeTestResult, of run: TrainingRun) throws {
    if let path = options.output {
      try RangeTestPage(result, summary: summary(of: run)).write(path: path)
    }
    try Console.result(
      options.json
        ? try encoded(RangeTestRecord(result))
        : ([summary(of: run)]
          + RangeTestText(result, usesBlocks: Console.showsBlocks).lines).joined(separator: "\n"))
    if let path = options.output, !options.json { Console.note("page: \(path)") }
  }

  private func summary(of run: TrainingRun) -> String {
    let configuration = run.configuration
    return "\(run.dataset.name), model \(configuration.model), "
      + "\(configuration.optimizer.kind.rawValue), batch \(configuration.batchSize), seed "
      + "\(configuration.seed)"
  }
}
