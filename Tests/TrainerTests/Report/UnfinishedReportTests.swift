import Testing

@testable import Runs
@testable import Training

@Suite("The report of a run that has not ended")
struct UnfinishedReportTests {
  private let progress: RunProgress
  private let update = PageUpdate(time: "2026-11-28 04:20:56 UTC", interval: 7)

  init() throws {
    var progress = RunProgress(
      of: try TrainingRunTests.run(), since: RunProgress.Start(step: 0, seconds: 0))
    (progress.step, progress.stepLimit) = (340, 1180)
    (progress.epoch, progress.epochLimit) = (2, 10)
    (progress.seconds, progress.secondsLeft) = (90, 222.3)
    progress.epochLoss = 0.25
    self.progress = progress
  }

  private func page(_ status: RunStatus, epochs: Int = 2) throws -> ReportPage {
    var report = RunReport.sample(epochs: epochs)
    report.status = status
    let page = try ReportPage(report)
    page.expectSelfContained()
    // These need an evaluation of the final model.
    for word in ["Confusion matrix", "Most confident mistakes", "Filters", "Weights digest"] {
      #expect(!page.html.contains(word))
    }
    #expect(page.root.all("table", class: "entries").count == 2)
    return page
  }

  private func tiles(_ page: ReportPage) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: zip(
        page.root.all("dt").map(\.text), page.root.all("dd").map(\.text)))
  }

  private func reload(_ page: ReportPage) -> [String?] {
    page.root.all("meta").filter { $0.attributes["http-equiv"] == "refresh" }
      .map { $0.attributes["content"] }
  }

  @Test("says that it runs, reloads itself, and shows curves, progress and the time left")
  func running() throws {
    let page = try page(.running(progress, update))
    #expect(reload(page) == ["7"])
    let status = try #require(page.root.all("p", class: "running").first)
    #expect(status.text.hasPrefix("Running. Updated at 2026-11-28 04:20:56 UTC."))
    #expect(status.text.contains("every 7 s"))
    #expect(page.root.all("figure", class: "chart").count == 4)
    #expect(page.root.all("details").count == 1)
    let bar = try #require(page.root.all("progress").first)
    #expect(bar.attributes["value"] == "340" && bar.attributes["max"] == "1180")
    #expect(
      tiles(page) == [
        "Test accuracy": "96.50 %epoch 2",
        "Best test accuracy": "96.50 %epoch 2, chosen on the test set",
        "Training loss": "0.2500epoch 3 so far", "Epochs": "2of 10",
        "Steps": "340of 1\u{202F}180", "Time": "1 min 30 s", "Time left": "3 min 42 sestimated",
      ])
    #expect(page.root.all("title").first?.text == "sample – running")
  }

  @Test("has no curves before the first epoch, and no time left before the first step")
  func first() throws {
    var first = progress
    (first.epochLoss, first.secondsLeft) = (nil, nil)
    let page = try page(.running(first, update), epochs: 0)
    #expect(page.root.all("figure").isEmpty && page.root.all("details").isEmpty)
    #expect(Set(tiles(page).keys) == ["Epochs", "Steps", "Time"])
    first.mayEndEarlier = true
    first.secondsLeft = 1
    #expect(
      try tiles(self.page(.running(first, update)))["Time left"]
        == "1.0 sestimated; may end earlier")
  }

  @Test("says which signal stopped it and how to resume, and does not reload itself")
  func stopped() throws {
    let page = try page(
      .stopped(progress, .signal(name: "SIGTERM", resume: "trainer --output 'a b' --resume")))
    #expect(reload(page).isEmpty)
    let status = try #require(page.root.all("p", class: "stopped").first)
    #expect(
      status.text
        == "Stopped by SIGTERM after step 340. Resume with trainer --output 'a b' --resume")
    #expect(tiles(page)["Time left"] == nil)
    #expect(page.root.all("title").first?.text == "sample – stopped")
  }

  @Test("says which error ended it")
  func failed() throws {
    let page = try page(.stopped(progress, .failure("the loss is <infinite>")))
    #expect(reload(page).isEmpty)
    #expect(
      page.root.all("p", class: "failed").first?.text
        == "Failed after step 340: the loss is <infinite>")
  }

  @Test("estimates the time left from the speed of this part of the run")
  func timeLeft() {
    let start = RunProgress.Start(step: 100, seconds: 50)
    func left(_ step: Int, _ seconds: Double) -> Double? {
      RunProgress.secondsLeft(step: step, of: 300, seconds: seconds, since: start)
    }
    #expect(left(100, 51) == nil)
    // 20 steps in 10 s; 180 remain.
    #expect(left(120, 60) == 90)
    #expect(left(300, 150) == 0)
  }
}
