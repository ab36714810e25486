import Testing

@testable import ImageData
@testable import Parallel
@testable import Training

/// Expects a run, of the sets and network of ``TrainingRunTests``, to have evaluated its last model
/// on images as they are.
///
/// - Parameter run: A run with 40 held-out samples, which has ended.
/// - Throws: What making a run throws, or a failed requirement.
func expectPlainEvaluation(of run: TrainingRun) throws {
  let plain = try TrainingRunTests.run { $0.validationCount = 40 }
  plain.state.parameters.pointer.update(
    from: run.state.parameters.pointer, count: run.state.parameters.count)
  plain.state.statistics.pointer.update(
    from: run.state.statistics.pointer, count: run.state.statistics.count)
  let last = try #require(run.position.history.last)
  #expect(plain.testEvaluator.evaluate() == last.test)
  #expect(plain.validationEvaluator?.evaluate() == last.validation)
}
