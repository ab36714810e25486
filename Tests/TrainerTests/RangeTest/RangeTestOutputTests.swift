import Foundation
import Testing

@testable import Pages
@testable import Runs
@testable import Training

@Suite("The output of a range test")
struct RangeTestOutputTests {
  @Test("as text is a curve of few lines, and the suggestion as an option")
  func text() throws {
    let result = try RangeTestResult.sample { 1.2 - tanh(3 * ($0 - 3)) }
    let lines = RangeTestText(result, usesBlocks: false).lines
    #expect(lines.count <= 30 && lines.allSatisfy { $0.count <= 80 })
    #expect(lines[0].split(separator: " ") == ["step", "rate", "loss", "smoothed"])
    #expect(lines.contains { $0.hasPrefix("ended after step 100 of 100, at 1, the last rate") })
    #expect(lines.contains("the loss still falls at the last rate: a higher one may be better"))
    let last = try #require(lines.last?.wholeMatch(of: #/suggestion +--learning-rate (.+)/#))
    let rate = try #require(Double(last.1))
    #expect(abs(rate / (result.suggestion ?? 0) - 1) < 0.06)
    #expect(RangeTestWords.rounded(0.0023456) == "0.0023")
  }

  @Test("says so if there is no suggestion")
  func noSuggestion() throws {
    let result = try RangeTestResult.sample { 1 + $0 }
    #expect(
      RangeTestText(result, usesBlocks: true).lines.last
        == "no suggestion: the loss does not fall at any of these rates")
    let json = try JSONEncoder().encode(RangeTestRecord(result))
    let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(object["suggestion"] == nil && object["steepest"] == nil)
    #expect((object["points"] as? [Any])?.count == 100)
    #expect(RangeTestPage(result, summary: "").html.contains("the loss does not fall"))
  }

  @Test("draws losses that are all zero")
  func zero() throws {
    let result = try RangeTestResult.sample { _ in 0 }
    #expect(RangeTestText(result, usesBlocks: true).lines.allSatisfy { !$0.contains("█") })
    #expect(!RangeTestPage(result, summary: "").html.contains("nan"))
  }

  @Test("has the digits of losses that are very small in the words of its chart")
  func smallLosses() throws {
    let result = try RangeTestResult.sample { _ in 0.000_012_34 }
    let page = try ReportPage(html: RangeTestPage(result, summary: "").html)
    let words = try #require(page.root.all("desc").first).text
    #expect(words.contains("1.23e-05") && !words.contains("0.0000"), "\(words)")
  }

  @Test("has a table of at most 401 rows, which says what is left out")
  func longTable() throws {
    let page = try ReportPage(
      html: RangeTestPage(try .sample(steps: 2001) { 1 - $0 / 10 }, summary: "").html)
    let rows = try #require(page.root.all("tbody").first).all("tr")
    #expect(rows.count == 334 && rows.last?.text.hasPrefix("2001") == true)
    #expect(page.html.contains("Losses of one in 6 steps, and of the last"))
  }

  @Test("as a page asks for nothing from elsewhere, and has a logarithmic axis")
  func page() throws {
    let result = try RangeTestResult.sample { decade in
      decade > 5.5 ? 1e9 : 1.2 - tanh(3 * (decade - 3))
    }
    let page = try ReportPage(html: RangeTestPage(result, summary: "mnist, <model>").html)
    page.expectSelfContained()
    let chart = try #require(page.root.all("figure", class: "chart").first)
    #expect(
      chart.all("span", class: "key").map(\.text) == ["batch", "smoothed", "steepest descent"])
    #expect(
      chart.all("text", class: "x").map(\.text)
        == ["1e-06", "1e-05", "0.0001", "0.001", "0.01", "0.1", "1", "learning rate"])
    #expect(page.root.all("tbody").first?.all("tr").count == 100)
    #expect(page.html.contains("mnist, &lt;model&gt;"))
  }
}
