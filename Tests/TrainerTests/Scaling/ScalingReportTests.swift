import TestSupport
import Testing

@testable import Machine
@testable import Model
@testable import Parallel
@testable import Scaling
@testable import Training

@Suite("An experiment's report")
struct ScalingReportTests {
  private static let samples = [
    ScalingSample(threads: [1]), ScalingSample(threads: [1, 2], cpus: 2),
    ScalingSample(threads: [1, 2, 4, 8], hasFits: true, predictedCores: [16, 1024]),
    ScalingSample(
      threads: [1, 16, 128], cpus: 128, batches: [1, 2, 3, 4, 5, 6, 7, 8], repeats: 1),
    ScalingSample(mode: .weak, threads: [2, 4], batches: [], predictedCores: []),
  ]

  @Test(
    "is well-formed, asks for nothing from elsewhere and runs no program", arguments: samples)
  func selfContained(sample: ScalingSample) throws {
    try ReportPage(sample.result()).expectSelfContained()
  }

  @Test("shows any name unchanged")
  func escaping() throws {
    let hostile = #"</title><script>alert("x")</script>&amp;'<!-- ]]>"#
    var result = try ScalingSample(predictedCores: [8]).result()
    result.machine.hostname = hostile
    result.command = [hostile]
    result.findings = [.init(.warning, hostile)]
    result.plan.settings = [hostile: .text(hostile)]
    result.series[0].points[0].digest = hostile
    result.topology.guesses = [hostile]
    result.simulation?.predictions[0].seconds = [hostile: 1]
    let page = try ReportPage(result)
    #expect(page.root.all("script").isEmpty)
    #expect(page.root.all("h1").map(\.text) == ["Scaling of mnist on " + hostile])
    #expect(page.root.all("li").map(\.text) == ["Warning: " + hostile])
    #expect(page.root.all("td").map(\.text).contains(hostile))
  }

  private func chart(_ page: ReportPage, _ identifier: String) throws -> ReportPage.Element {
    try #require(
      page.root.all("svg", class: "plot").first {
        $0.attributes["aria-labelledby"]?.hasPrefix("\(identifier)-title") == true
      })
  }

  @Test("draws each configuration with its interval, hollow if there are more workers than CPUs")
  func points() throws {
    let page = try ReportPage(ScalingSample(threads: [1, 2, 4, 8], cpus: 4).result())
    for name in ["speedup", "rate", "efficiency", "peak"] {
      let chart = try chart(page, name)
      #expect(chart.all("circle").count == 4)
      #expect(chart.all("circle", class: "hollow").count == 1)
      let bars = try #require(chart.all("path", class: "interval").first?.attributes["d"])
      #expect(bars.count { $0 == "V" } == 4)
    }
    let keys = page.root.all("span", class: "key").map(\.text)
    #expect(keys.contains("ideal") && keys.contains("more workers than CPUs"))
    let few = try ReportPage(ScalingSample(repeats: 2).result())
    #expect(few.root.all("path", class: "interval").isEmpty)
    #expect(few.root.all("circle", class: "hollow").isEmpty)
  }

  @Test("draws the ideal and the fitted laws with the speedup, each once in the legend")
  func laws() throws {
    let page = try ReportPage(
      ScalingSample(threads: [1, 2, 4], batches: [512, 1024], hasFits: true).result())
    let speedup = try chart(page, "speedup")
    #expect(speedup.all("path", class: "ideal").count == 1)
    #expect(speedup.all("path", class: "amdahl").count == 2)
    #expect(speedup.all("path", class: "universal").count == 2)
    let keys = try #require(page.root.all("span", class: "keys").first).all("span", class: "key")
    #expect(
      keys.map(\.text) == [
        "ideal", "Amdahl's law", "Universal Scalability Law", "batch 512, shard 64",
        "batch 1024, shard 64",
      ])
    #expect(page.html.contains("serial fraction 0.1000"))
  }

  @Test("draws six series with distinct marks, and says so if there are more")
  func manySeries() throws {
    let page = try ReportPage(ScalingSample(batches: [1, 2, 3, 4, 5, 6, 7]).result())
    let efficiency = try chart(page, "efficiency")
    let groups = efficiency.all("g", class: "marks")
    #expect(groups.count == 6)
    let shapes = groups.compactMap { group in
      group.children.first.map { mark in
        mark.name + (mark.attributes["d"].map { $0.drop { $0 != "m" } } ?? "")
      }
    }
    #expect(Set(shapes).count == 6)
    #expect(page.html.contains("Charts show the first 6 of 7 series"))
    #expect(page.root.all("table", class: "figures").count == 21)
  }

  @Test("stacks the stages to the whole of each bar, named in the legend, in words and in a table")
  func stages() throws {
    let page = try ReportPage(ScalingSample(threads: [1, 2, 4]).result())
    let chart = try chart(page, "stages0")
    let rows = Dictionary(grouping: chart.all("rect")) { $0.attributes["y"] ?? "" }
    #expect(rows.count == 3)
    for bars in rows.values {
      let widths = bars.compactMap { $0.attributes["width"].flatMap { Double($0) } }
      #expect(abs(widths.reduce(0, +) - 342) < 0.5)
    }
    #expect(chart.all("desc")[0].text.contains("4 threads: gather 1.5 %, forward 26.2 %"))
    let keys = page.root.all("span", class: "key").map(\.text)
    // One process has nobody to exchange with.
    for kind in StageKind.allCases {
      #expect(keys.contains { $0.hasSuffix(kind.title) } == (kind != .exchange), "\(kind)")
    }
    #expect(keys.contains("Uweight gradients and update"))
    let simulated = try ScalingReport.render(ScalingSample(predictedCores: [8]).result())
    #expect(simulated.contains("The optimizer alone takes one thread 80 µs per step."))
    let table = try #require(
      page.root.all("div", class: "scroll").first {
        $0.attributes["aria-label"] == "Time by stage: batch 512, shard 64"
      })
    #expect(table.all("tbody")[0].all("tr").map { $0.all("td").count } == [9, 9, 9])
  }

  @Test("has every figure with its interval, and every measurement")
  func tables() throws {
    let page = try ReportPage(ScalingSample(threads: [1, 2, 4, 8], cpus: 4).result())
    func rows(_ label: String) throws -> [[String]] {
      let table = try #require(
        page.root.all("div", class: "scroll").first {
          $0.attributes["aria-label"] == label + ": batch 512, shard 64"
        })
      return table.all("tbody")[0].all("tr").map { $0.all("td").map(\.text) }
    }
    let figures = try rows("Figures")
    #expect(
      figures[1] == [
        "2 threads", "", "512", "90\u{202F}909 (90\u{202F}000–91\u{202F}818)",
        "1.82 (1.80–1.84)", "90.9 (90.0–91.8)", "0.100 (0.099–0.101)", "54.5 (54.0–55.1)",
      ])
    #expect(figures.map { $0[1] } == ["", "", "c", "o"])
    #expect(page.root.all("p").map(\.text).contains { $0.hasPrefix("o: more workers than CPUs") })
    #expect(try rows("Measurements").count == 20)
    #expect(
      try rows("Measurements")[0].prefix(6) == [
        "1 thread", "1", "49\u{202F}500", "1\u{202F}000", "10.34", "20",
      ])
  }

  @Test("shows predictions in a separate section, with the model's errors")
  func simulation() throws {
    let page = try ReportPage(ScalingSample(predictedCores: [8, 64]).result())
    let section = try #require(page.root.all("section", class: "prediction").first)
    #expect(section.all("h2").map(\.text) == ["Predicted, not measured"])
    let chart = try chart(page, "simulation")
    #expect(chart.all("path", class: "predicted").count { $0.attributes["class"] != nil } == 2)
    #expect(
      section.all("span", class: "key").map(\.text) == [
        "measured: batch 512, shard 64", "PREDICTED: batch 512, shard 64",
        "PREDICTED: batch 512, shard 64, 4 machines",
      ])
    let tables = section.all("table", class: "figures").map { table in
      table.all("tbody")[0].all("tr").map { $0.all("td").map(\.text) }
    }
    #expect(tables.map(\.count) == [2, 4, 4, 2, 1])
    #expect(tables[0].map { $0.last } == ["+2.0 %", "+2.0 %"])
    #expect(
      tables[3] == [
        ["1", "200.0", "0.10", "20.0", "–"], ["2", "390.0", "1.00", "30.0", "8.00"],
      ])
    #expect(section.all("p").contains { $0.text.hasSuffix("by links of 100 Gbit/s and 2 µs.") })
    let unchecked = try ReportPage(ScalingSample(threads: [1], predictedCores: [8]).result())
    #expect(unchecked.html.contains("so the error of the model is not known"))
    let measured = try ReportPage(ScalingSample().result())
    #expect(measured.root.all("section", class: "prediction").isEmpty)
    #expect(!measured.root.all.contains { $0.name != "style" && $0.text.contains("PREDICTED") })
  }

  @Test("marks unreliable predictions, with the reasons above them")
  func doubts() throws {
    var result = try ScalingSample(threads: [1, 2], predictedCores: [8]).result()
    #expect(!ScalingReport.render(result).contains("Unreliable:"))
    result.simulation?.predictions[0].doubts = ["others were busy", "the model is off"]
    result.simulation?.validations[0].doubts = ["others were busy"]
    let page = try ReportPage(result)
    let section = try #require(page.root.all("section", class: "prediction").first)
    #expect(
      section.all("p", class: "doubts").map(\.text) == [
        "Unreliable: others were busy; the model is off."
      ])
    let cells = section.all("td").map(\.text).filter { $0.hasSuffix(" (unreliable)") }
    #expect(
      cells == ["92\u{202F}727 (unreliable)", "344\u{202F}828 (unreliable)"])
    #expect(
      section.all("span", class: "key").map(\.text).contains(
        "PREDICTED (unreliable): batch 512, shard 64"))
  }

  @Test("draws intermediate machines in the chart, but not in tables")
  func between() throws {
    var result = try ScalingSample(threads: [1, 2], predictedCores: [64]).result()
    func points(_ result: ScalingResult) throws -> Int {
      let path = try #require(
        try chart(try ReportPage(result), "simulation").all("path", class: "predicted").first)
      return try #require(path.attributes["d"]).count { "ML".contains($0) }
    }
    let before = try points(result)
    let asked = try #require(result.simulation?.predictions.first { $0.machines == 1 })
    result.simulation?.between = [4, 8, 16, 32].map {
      var prediction = asked
      prediction.cores = $0
      return prediction
    }
    #expect(try points(result) == before + 4)
    let table = try #require(
      try ReportPage(result).root.all("div", class: "scroll").first {
        $0.attributes["aria-label"] == "Predictions"
      })
    #expect(table.all("tbody")[0].all("tr").count == 2)
  }

  @Test("lists the parts of predicted steps in the order of a step, without unused parts")
  func costs() throws {
    var result = try ScalingSample(threads: [1, 2], predictedCores: [8]).result()
    for index in 0..<2 {
      result.simulation?.predictions[index].seconds = [
        "update": 1e-3, "backward": 2e-3, "forward": 3e-3, "exchange": 0, "new": 5e-3,
      ]
    }
    let table = try #require(
      try ReportPage(result).root.all("div", class: "scroll").first {
        $0.attributes["aria-label"] == "Parts of a step's time"
      })
    #expect(
      table.all("th").map(\.text) == [
        "machines × cores", "forward", "backward", "weight gradients and update", "new",
      ])
    #expect(
      table.all("tbody")[0].all("tr")[0].all("td").map(\.text) == [
        "1 × 8, batch 512, shard 64", "3.000", "2.000", "1.000", "5.000",
      ])
  }

  @Test("names the fewest workers, and the greatest speedup if there are several points")
  func words() throws {
    let page = try ReportPage(ScalingSample(threads: [2, 4]).result())
    #expect(page.html.contains("Speedup over 2 workers"))
    #expect(page.root.all("dt").map(\.text).contains("Greatest speedup"))
    let single = try ReportPage(ScalingSample(threads: [1]).result())
    #expect(!single.root.all("dt").map(\.text).contains("Greatest speedup"))
  }

  @Test("lists findings, warnings first, or says that there are none")
  func findings() throws {
    let page = try ReportPage(
      ScalingSample(findings: [.init(.note, "A note."), .init(.warning, "A fault.")]).result())
    #expect(page.root.all("li").map(\.text) == ["Warning: A fault.", "A note."])
    #expect(try ReportPage(ScalingSample().result()).html.contains("There are no findings"))
  }

  @Test("is written completely, in place of an old one")
  func file() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("old".utf8), to: "scaling.html")
    let result = try ScalingSample().result()
    try ScalingReport.write(result, path: path)
    #expect(try folder.text("scaling.html") == ScalingReport.render(result))
  }
}
