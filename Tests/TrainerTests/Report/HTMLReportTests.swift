import Foundation
import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Pages
@testable import Runs
@testable import Training

@Suite("A report")
struct HTMLReportTests {
  @Test(
    "is well-formed, asks for nothing from elsewhere and runs no program",
    arguments: [0, 1, 3, 200, 1500], [1, 2, 10, 33, 256])
  func selfContained(epochs: Int, classCount: Int) throws {
    try ReportPage(.sample(epochs: epochs, classCount: classCount)).expectSelfContained()
  }

  @Test("shows any name unchanged, without characters that control others")
  func escaping() throws {
    let hostile = #"</title><script>alert("x")</script>&amp;'<!-- ]]>"#
    var report = RunReport.sample()
    report.title = hostile
    report.dataset = hostile
    report.command = hostile
    report.settings = [.init(hostile, hostile)]
    report.environment = [
      .init("bell", "\u{7}\u{0}\u{1F}\u{FFFF}\u{85}\u{202E}\u{2066}\u{200B}\u{2028}")
    ]
    report.end.endedBy = hostile
    let page = try ReportPage(report)
    #expect(page.root.all("script").isEmpty)
    #expect(page.root.all("h1").map(\.text) == [hostile])
    #expect(page.root.all("title").first?.text == hostile + " – training run")
    let entries = page.root.all("table", class: "entries").map { table in
      (table.all("th").map(\.text), table.all("td").map(\.text))
    }
    #expect(entries[0].0 == [hostile] && entries[0].1 == [hostile])
    #expect(entries[1].1 == [String(repeating: "\u{FFFD}", count: 9)])
    #expect(page.root.all("small").map(\.text).contains("ended by " + hostile))
  }

  @Test("has the result, the settings and the environment")
  func words() throws {
    let page = try ReportPage(.sample())
    let tiles = Dictionary(
      uniqueKeysWithValues: zip(
        page.root.all("dt").map(\.text), page.root.all("dd").map(\.text)))
    #expect(
      tiles == [
        "Test accuracy": "97.71 %", "Best test accuracy": "97.70 %epoch 10, chosen on the test set",
        "Epochs": "10", "Steps": "1\u{202F}180", "Time": "12.3 s",
      ])
    #expect(page.root.all("code").map(\.text)[0] == String(repeating: "a1", count: 32))
    #expect(
      page.root.all("table", class: "entries").map { $0.all("td").map(\.text) } == [
        ["512"], ["node1"],
      ])
  }

  @Test("calls the epoch with the best validation loss by its name, not the best in the test")
  func bestValidation() throws {
    var report = RunReport.sample()
    for index in report.epochs.indices {
      report.epochs[index].validationLoss = abs(Double(index) - 4) + 0.1
      report.epochs[index].validationAccuracy = 0.9
    }
    let page = try ReportPage(report)
    let tiles = Dictionary(
      uniqueKeysWithValues: zip(
        page.root.all("dt").map(\.text), page.root.all("dd").map(\.text)))
    #expect(tiles["Test accuracy at the best validation loss"] == "97.40 %epoch 5")
    #expect(tiles["Best test accuracy"] == nil)
  }

  @Test("has the confusion matrix as a table, shaded more where there is more")
  func confusionMatrix() throws {
    let report = RunReport.sample()
    let table = try #require(
      try ReportPage(report).root.all("table", class: "confusion").first)
    let rows = table.all("tbody")[0].all("tr")
    let cells = rows.map { $0.all("td").dropLast().map { Int($0.text) } }
    #expect(cells == report.outcome.confusionMatrix.map { $0.map(Optional.init) })
    #expect(rows[9].all("td").last?.text == "91.7 %")
    let shades = rows.enumerated().map { label, row in
      row.all("td")[(label + 1) % 10].attributes["style"].flatMap {
        Double($0.dropFirst("--shade:".count))
      } ?? -1
    }
    #expect(shades[0] == 0)
    #expect(shades.sorted() == shades && Set(shades).count == 10)
  }

  @Test("of more classes than a table holds says so, and lists what is worst")
  func manyClasses() throws {
    let page = try ReportPage(.sample(classCount: 256))
    #expect(page.root.all("table", class: "confusion").isEmpty)
    #expect(page.html.contains("too large for 256 classes"))
    let lists = page.root.all("table", class: "figures").suffix(2).map { table in
      table.all("tbody")[0].all("tr").map { $0.all("td").map(\.text) }
    }
    #expect(lists.map(\.count) == [20, 20])
    // Of class 255, 345 samples are right and 255 wrong: the least share of all.
    #expect(lists[0][0] == ["255", "600", "57.5 %", "0 (255)"])
    #expect(lists[1][0] == ["255", "0", "255"])
    #expect(lists[1][1] == ["254", "255", "254"])
  }

  @Test("shows the most confident mistakes with label, prediction and probability")
  func mistakes() throws {
    let report = RunReport.sample()
    let gallery = try #require(try ReportPage(report).root.all("div", class: "gallery").first)
    #expect(
      gallery.all("figcaption").prefix(2).map { $0.children.map(\.text) }
        == [["0 → 1", "100.00 %", "no. 100"], ["1 → 2", "93.75 %", "no. 101"]])
    #expect(gallery.all("img").count == 5)
    for (image, mistake) in zip(gallery.all("img"), report.outcome.mistakes) {
      let picture = try PNGImage(pixels: mistake.pixels, rows: 3, columns: 4)
      #expect(image.attributes["src"] == picture.address)
      #expect(image.attributes["alt"]?.contains("class \(mistake.label), predicted as") == true)
    }
  }

  @Test("shows mistakes of three channels in color, and of other numbers the first in gray")
  func channels() throws {
    let pixels = (0..<6 * 64).map { UInt8(truncatingIfNeeded: 37 * $0) }
    func page(channels: Int) throws -> (address: String?, html: String) {
      var report = RunReport.sample()
      report.outcome = TestOutcome(
        confusionMatrix: [[1, 1], [0, 1]],
        mistakes: [
          Mistake(
            sample: 7, label: 0, prediction: 1, probability: 0.5,
            pixels: Array(pixels.prefix(6 * channels)))
        ], imageSize: ImageSize(rows: 2, columns: 3, channels: channels))
      let page = try ReportPage(report)
      return (page.root.all("img").first?.attributes["src"], page.html)
    }
    let color = try page(channels: 3)
    #expect(
      try color.address
        == PNGImage(pixels: Array(pixels.prefix(18)), rows: 2, columns: 3, channels: 3).address)
    #expect(!color.html.contains("channels is shown"))
    for channels in [2, 4, 64] {
      let gray = try page(channels: channels)
      let first = (0..<6).map { pixels[$0 * channels] }
      #expect(try gray.address == PNGImage(pixels: first, rows: 2, columns: 3).address)
      #expect(gray.html.contains("The first of \(channels) channels is shown."))
    }
  }

  @Test("of a model without mistakes says so")
  func noMistakes() throws {
    var report = RunReport.sample()
    report.outcome = TestOutcome(
      confusionMatrix: [[5, 0], [0, 5]], mistakes: [], imageSize: ImageSize(rows: 3, columns: 4))
    let page = try ReportPage(report)
    #expect(page.html.contains("Every test image was predicted correctly."))
    #expect(page.root.all("img").isEmpty)
  }

  @Test("is written completely, in place of an old one")
  func file() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("old".utf8), to: "report.html")
    try HTMLReport.write(.sample(), path: path)
    #expect(try folder.text("report.html") == HTMLReport.render(.sample()))
    #expect(try folder.names() == ["report.html"])
  }

  @Test("is made from a run directory and an evaluation")
  func directory() throws {
    let folder = try TemporaryFolder()
    var files = RunFiles(accuracies: [0.9, 0.95], seconds: 3)
    files.command = ["trainer", "--output", "it's here", ""]
    let directory = try files.write(to: "a <run>", in: folder)
    let outcome = RunReport.sample().outcome
    let report = try RunReport.make(directory: directory, outcome: outcome)
    #expect(report.title == "a <run>")
    #expect(report.command == #"trainer --output 'it'\''s here' ''"#)
    // A record without it is one of a version that did not stratify.
    #expect(report.settings.map(\.name) == files.settings.keys.sorted() + ["stratify"])
    #expect(report.settings.contains(.init("dropout", "0.2")))
    #expect(
      report.environment.contains(.init("SHA-256 of train-images-idx3-ubyte", RunFiles.digest)))
    #expect(
      report.environment.contains(
        .init("OpenBLAS", "0.3.21, core SkylakeX (OpenBLAS's own choice)")))
    #expect(report.epochs.map(\.testAccuracy) == [0.9, 0.95])
    #expect(report.end.seconds == 3)
    #expect(report.outcome == outcome)
    _ = try ReportPage(report)
  }

  @Test("is of a run that has ended")
  func unfinished() throws {
    let folder = try TemporaryFolder()
    let directory = try RunFiles(accuracies: [0.9], seconds: nil).write(to: "run", in: folder)
    let outcome = RunReport.sample().outcome
    let error = try #require(throws: TrainerError.self) {
      try RunReport.make(directory: directory, outcome: outcome)
    }
    #expect(error.description.contains("metrics.jsonl: found no last line"))
  }
}
