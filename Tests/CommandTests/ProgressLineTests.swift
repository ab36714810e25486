import Testing

@testable import Model
@testable import TrainerCommand
@testable import Training

@Suite("The progress line")
struct ProgressLineTests {
  /// Half an epoch of 100 steps, the second of three, at 1,000 samples a second.
  private var line: ProgressLine {
    var total = LossSum()
    total.loss = 250
    total.correct = 400
    return ProgressLine(
      EpochProgress(
        epoch: 2, step: 150, stepInEpoch: 50, stepsPerEpoch: 100, total: total, sampleCount: 500,
        seconds: 0.5, learningRate: 0.1, lastStep: total, lastSampleCount: 10),
      epochs: 3, stepLimit: 300)
  }

  @Test("says epoch, step, loss, accuracy, rate and the time left behind a bar")
  func words() {
    #expect(
      line.text(columns: 120, isColored: false)
        == "[===============               ] epoch 2/3  step 50/100  loss 0.5000  "
        + "accuracy 80.00 %  1000 samples/s  0:02 left")
  }

  @Test("says the same in fewer words on a terminal of the usual width")
  func short() {
    #expect(
      line.text(columns: 79, isColored: false)
        == "[=========         ] epoch 2/3 loss 0.5000 acc 80.00 % 1000 samples/s 0:02 left")
  }

  @Test("fits its terminal, without the bar where there is no room", arguments: 0...130)
  func fits(columns: Int) {
    let text = line.text(columns: columns, isColored: false)
    #expect(text.count <= columns)
    #expect(text.contains("[") == (columns >= 71))
  }

  @Test("has colors only where they are wanted")
  func colors() {
    let colored = line.text(columns: 120, isColored: true)
    #expect(colored.contains("\u{1B}[32m"))
    let plain = line.text(columns: 120, isColored: false)
    #expect(!plain.contains("\u{1B}"))
    #expect(
      colored.replacing("\u{1B}[32m", with: "").replacing("\u{1B}[0m", with: "") == plain)
  }

  @Test(
    "tells times in minutes or hours",
    arguments: [
      (0.0, "0:00"), (0.2, "0:01"), (59.5, "1:00"), (61, "1:01"), (3599, "59:59"),
      (3600, "1:00:00"), (90_061, "25:01:01"), (.infinity, "long"), (.nan, "long"),
    ])
  func clock(seconds: Double, text: String) {
    #expect(ProgressLine.clock(seconds) == text)
  }
}
