import Testing

@testable import Model
@testable import TrainerCommand
@testable import Training

@Suite("The table of epochs")
struct EpochLinesTests {
  private func record(
    _ epoch: Int, loss: Double = 0.5337, validates: Bool = false, seconds: Double = 2.64
  ) -> EpochRecord {
    func result(_ loss: Double, _ correct: Int) -> EvaluationResult {
      var total = LossSum()
      total.loss = loss * 60_000
      total.correct = correct
      return EvaluationResult(total: total, sampleCount: 60_000)
    }
    return EpochRecord(
      epoch: epoch, step: 118 * epoch, training: result(loss, 48_672),
      test: result(0.4267, 50_694), validation: validates ? result(0.41, 60_000) : nil,
      trainingSeconds: seconds, seconds: seconds, learningRate: 0.001)
  }

  @Test("has its numbers below their names")
  func lines() {
    let lines = EpochLines(epochs: 10, validates: false)
    #expect(
      [lines.heading, lines.line(record(1)), lines.line(record(10))] == [
        "epoch  train loss  acc %  test loss  acc %  time s  samples/s",
        " 1/10      0.5337  81.12     0.4267  84.49    2.64      22727",
        "10/10      0.5337  81.12     0.4267  84.49    2.64      22727",
      ])
  }

  @Test("fits 80 columns with validation, also with many epochs and great numbers")
  func width() {
    for epochs in [1, 10, 100, 1000, 10_000] {
      let lines = EpochLines(epochs: epochs, validates: true)
      for record in [
        record(epochs, validates: true, seconds: 999.99),
        record(epochs, loss: 1.2e307, validates: true),
        record(epochs, loss: 99.99999, validates: true),
      ] {
        #expect(lines.line(record).count <= 80)
        #expect(lines.line(record).count == lines.heading.count, "\(lines.line(record))")
      }
    }
    #expect(
      EpochLines(epochs: 10, validates: true).heading
        == "epoch  train loss  acc %  val loss  acc %  test loss  acc %  time s  samples/s")
  }

  @Test("shows no positive loss as zero")
  func smallLoss() {
    let lines = EpochLines(epochs: 1, validates: false)
    #expect(
      lines.line(record(1, loss: 3.1e-6))
        == "  1/1    3.10e-06  81.12     0.4267  84.49    2.64      22727")
    #expect(lines.line(record(1, loss: 0)).contains(" 0.0000 "))
  }

  @Test("a loss is implausible from ten times that of guessing on")
  func divergence() {
    #expect(DivergenceWarning.text(record(1, loss: 22), classCount: 10) == nil)
    let warning = DivergenceWarning.text(record(3, loss: 24), classCount: 10)
    #expect(warning?.contains("epoch 3 is 24, that of guessing is 2.30") == true)
    #expect(DivergenceWarning.text(record(1, loss: 0), classCount: 1) == nil)
  }
}
