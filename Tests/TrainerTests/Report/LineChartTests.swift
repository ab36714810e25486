import Foundation
import Testing

@testable import Pages
@testable import Runs

@Suite("A report's curves")
struct LineChartTests {
  /// The points of a path, each with whether the line was lifted before it.
  private func points(_ path: String) throws -> [(lifted: Bool, x: Double, y: Double)] {
    try path.matches(of: #/([ML])([0-9.-]+) ([0-9.-]+)/#).map {
      ($0.output.1 == "M", try #require(Double($0.output.2)), try #require(Double($0.output.3)))
    }
  }

  private func path(_ chart: ReportPage.Element, _ style: String) throws -> String {
    try #require(chart.all("path", class: style).first?.attributes["d"])
  }

  private func charts(_ report: RunReport) throws -> [ReportPage.Element] {
    try ReportPage(report).root.all("figure", class: "chart")
  }

  @Test("are of loss, accuracy, learning rate and throughput, named in the legend and in words")
  func names() throws {
    let charts = try charts(.sample())
    #expect(
      charts.map { $0.all("span", class: "title")[0].text } == [
        "Loss, mean per sample", "Accuracy, %", "Learning rate",
        "Throughput, training samples per second",
      ])
    #expect(
      charts.map { $0.all("span", class: "key").map(\.text) } == [
        ["training", "test"], ["training", "test"], [], [],
      ])
    #expect(
      charts[0].all("desc")[0].text
        == "training: 0.4000 after epoch 1, 0.0400 after epoch 10; minimum 0.0400, maximum 0.4000. "
        + "test: 0.2500 after epoch 1, 0.0700 after epoch 10; minimum 0.0700, maximum 0.2500.")
    #expect(charts[1].all("desc")[0].text.contains("maximum 97.70 %"))
  }

  @Test("of losses that are very small have their digits in words")
  func smallLosses() throws {
    var report = RunReport.sample(epochs: 1)
    report.epochs[0].trainLoss = 0.000_012_34
    report.epochs[0].testLoss = 0.000_000_1
    let words = try charts(report)[0].all("desc")[0].text
    #expect(words.contains("training: 1.23e-05") && words.contains("test: 1.00e-07"), "\(words)")
  }

  @Test("have a point for every epoch, in the plot, higher for a greater value")
  func points() throws {
    for epochs in [1, 2, 9, 200] {
      for chart in try charts(.sample(epochs: epochs)) {
        for line in chart.all("path") {
          let points = try points(line.attributes["d"] ?? "")
          #expect(points.count == epochs)
          #expect(points.count { $0.lifted } == 1)
          #expect(points.allSatisfy { (56...428).contains($0.x) && (10...208).contains($0.y) })
          #expect(zip(points, points.dropFirst()).allSatisfy { $0.x < $1.x })
        }
      }
    }
    let loss = try points(path(charts(.sample())[0], "training"))
    #expect(zip(loss, loss.dropFirst()).allSatisfy { $0.y < $1.y })
  }

  @Test("mark the points where they can be told apart: the only way to see a single one")
  func marks() throws {
    let counts = try [1, 40, 41].map { epochs in
      try charts(.sample(epochs: epochs))[0].all("circle").count
    }
    #expect(counts == [2, 80, 0])
  }

  @Test("show validation only where samples were held out, and lift the line where none is known")
  func validation() throws {
    var report = RunReport.sample(epochs: 3)
    #expect(try charts(report)[0].all("path", class: "validation").isEmpty)
    for index in 0..<3 {
      report.epochs[index].validationLoss = index == 1 ? .nan : 0.2
      report.epochs[index].validationAccuracy = 0.9
    }
    let charts = try charts(report)
    #expect(charts[0].all("span", class: "key").map(\.text) == ["training", "test", "validation"])
    let loss = try points(path(charts[0], "validation"))
    #expect(loss.map(\.lifted) == [true, true])
    #expect(try points(path(charts[1], "validation")).count == 3)
  }

  @Test("draw means where points are too many to be told apart")
  func thinning() throws {
    let points = (0..<1001).map { LineChart.Point(x: Double($0), y: $0.isMultiple(of: 2) ? 1 : 3) }
    let thinned = LineChart.thinned(points)
    #expect(thinned.count == 334)
    #expect(thinned[0].x == 1)
    #expect(abs(thinned[0].y - 5.0 / 3) < 1e-12)
    #expect(thinned.last == LineChart.Point(x: 999.5, y: 2))
    #expect(LineChart.thinned(Array(points.prefix(500))) == Array(points.prefix(500)))
  }

  @Test("come with a table of their figures, thinned where it would be endless")
  func table() throws {
    func rows(_ epochs: Int) throws -> [[String]] {
      let table = try #require(
        try ReportPage(.sample(epochs: epochs)).root.all("details").first)
      return table.all("tbody")[0].all("tr").map { $0.all("td").map(\.text) }
    }
    #expect(
      try rows(1) == [
        [
          "1", "118", "0.4000", "90.00 %", "0.2500", "95.00 %", "0.001", "100001", "0.60",
        ]
      ])
    #expect(try rows(400).count == 400)
    let thinned = try rows(1001).map { $0[0] }
    #expect(thinned.count == 334)
    #expect(thinned.prefix(2) == ["3", "6"] && thinned.last == "1001")
  }

  @Test("over workers have a logarithmic axis where these are far apart")
  func workers() {
    #expect(!LineChart.HorizontalAxis.workers([1, 2, 4, 8]).isLogarithmic)
    let axis = LineChart.HorizontalAxis.workers([1, 64])
    #expect(axis.isLogarithmic && axis.scale([1, 64]).ticks == [1, 2, 4, 8, 16, 32, 64])
    #expect(axis.text(1) == "with 1 worker" && axis.text(8) == "with 8 workers")
  }

  @Test("cover the intervals of their points, and leave out what has none")
  func intervals() throws {
    let chart = LineChart(
      identifier: "x", title: "x",
      lines: [
        .init(
          style: .series(0), name: "x",
          points: [.init(x: 1, y: 10, interval: 5...19), .init(x: 2, y: 10)])
      ], bounds: .fromZero, text: { "\($0)" })
    let html = chart.markup.html
    // 19 of 0 to 20 in 208 to 10.
    #expect(html.contains(#"class="series1 interval" d="M53.0 158.5H59.0M56.0 158.5V19.9"#))
    #expect(html.matches(of: #/interval/#).count == 1)
  }
}
