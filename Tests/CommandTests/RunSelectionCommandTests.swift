import Foundation
import Pages
import TestSupport
import Testing

@Suite("Choosing and exporting runs")
struct RunSelectionCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (seed, accuracy) in [(1, 0.95), (2, 0.97), (10, 0.96)] {
      var files = RunFiles(accuracies: [0.9, accuracy], seconds: Double(20 - seed))
      files.settings["seed"] = seed
      if seed == 2 { files.settings["learning-rate"] = 0.05 }
      try files.write(to: "runs/seed-\(seed)", in: folder)
    }
    var stopped = RunFiles(accuracies: [0.8], seconds: nil)
    stopped.settings["seed"] = 3
    stopped.settings["optimizer"] = "=sgd, \"plain\""
    try stopped.write(to: "runs/stopped", in: folder)
  }

  @Test("cells with accents on commas and quotation marks are quoted")
  func accents() {
    #expect(
      CSVText.row(["a,\u{301}b", "\"\u{301}", "=\u{301}1", "-1"])
        == "\"a,\u{301}b\",\"\"\"\u{301}\",'=\u{301}1,-1")
  }

  private func runs(_ arguments: [String]) async throws -> CommandResult {
    try await Command.run(["runs", "runs"] + arguments, in: folder)
  }

  @Test(
    "conditions on settings and results must all hold",
    arguments: [
      (["seed=2"], ["seed-2"]), (["seed!=2"], ["seed-1", "seed-10", "stopped"]),
      (["seed>1", "seed<=10"], ["seed-2", "seed-10", "stopped"]),
      (["accuracy>=0.96"], ["seed-2", "seed-10"]), (["accuracy < 0.9"], ["stopped"]),
      (["state=complete", "time<19"], ["seed-2", "seed-10"]),
      (["optimizer=adam", "seed=1"], ["seed-1"]),
      (["loss<0.4"], ["seed-1", "seed-2", "seed-10"]), (["epochs=1"], ["stopped"]),
      (["momentum=0.9"], []), (["optimizer>1"], []), (["lr=0.05"], ["seed-2"]),
      (["learning-rate=0.05"], ["seed-2"]),
    ])
  func conditions(conditions: [String], names: [String]) async throws {
    let result = try await runs(conditions.flatMap { ["--where", $0] })
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.lines.dropFirst().compactMap { $0.split(separator: " ").first.map(String.init) }
        == names)
    #expect(result.errors.contains("none of 4 runs meets every condition") == names.isEmpty)
  }

  @Test(
    "conditions on whole numbers are exact, also for seeds that a double cannot hold",
    arguments: [
      ("seed=9007199254740993", ["b"]), ("seed!=9007199254740993", ["a", "c"]),
      ("seed<9007199254740993", ["a"]), ("seed<=9007199254740992", ["a"]),
      ("seed>9007199254740992", ["b", "c"]), ("seed>=18446744073709551615", ["c"]),
      ("seed>18446744073709551614.5", []),
    ])
  func largeSeeds(condition: String, names: [String]) async throws {
    let seeds: [(String, UInt64)] = [
      ("a", 9_007_199_254_740_992), ("b", 9_007_199_254_740_993), ("c", .max),
    ]
    for (name, seed) in seeds {
      var files = RunFiles(accuracies: [0.9], seconds: 1)
      files.settings["seed"] = seed
      try files.write(to: "large/\(name)", in: folder)
    }
    let result = try await Command.run(["runs", "large", "--where", condition], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.lines.dropFirst().compactMap { $0.split(separator: " ").first.map(String.init) }
        == names)
  }

  @Test(
    "a condition that cannot be understood is refused",
    arguments: [
      ("seed", "it must be a name, one of =, !="),
      ("sead=1", "--where sead=1: unknown name `sead`; did you mean `seed`?"),
      ("epoch>1", "unknown name `epoch`; did you mean `epochs`?"),
      ("acc>0.9", "unknown name `acc`; did you mean `accuracy` or `accumulate`?"),
      ("wombat=1", "unknown name `wombat`; the names are accuracy, loss, epochs, time, state, and"),
      ("seed>", "found `` after >, expected a number"),
      ("accuracy>=high", "found `high` after >=, expected a number"),
      ("accuracy=98%", "found `98%` after =, expected a number from 0 to 1, such as 0.98"),
      ("accuracy>=98", "found `98` after >=, expected a number from 0 to 1"),
      ("time!=long", "found `long` after !=, expected a number"),
      ("state=done", "found `done` after =, expected = or != and one of complete, running, sto"),
      ("state<complete", "found `complete` after <, expected = or != and one of complete"),
      ("seed==1", "found `=1` after =, expected a value"),
      ("seed=>1", "found `>1` after =, expected a value"),
    ])
  func unknown(condition: String, message: String) async throws {
    let result = try await runs(["--where", condition])
    #expect(result.status == 64 && result.errors.contains(message), "\(result.errors)")
  }

  @Test("comma-separated values have all settings and results, with text that is safe in a sheet")
  func csv() async throws {
    let result = try await runs(["--csv"])
    #expect(result.status == 0 && result.lines.count == 5)
    let heading = result.lines[0].split(separator: ",").map(String.init)
    #expect(heading.first == "directory" && heading.last == "weights_digest")
    let column = try #require(heading.firstIndex(of: "seed"))
    let rows = result.lines.dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(rows.prefix(3).map { $0[0] } == ["runs/seed-1", "runs/seed-2", "runs/seed-10"])
    #expect(rows.prefix(3).map { $0[column] } == ["1", "2", "10"])
    #expect(rows.prefix(3).allSatisfy { $0.count == heading.count })
    let accuracy = try #require(heading.firstIndex(of: "test_accuracy"))
    #expect(rows[1][accuracy] == "0.97")
    #expect(result.lines[4].contains(#""'=sgd, ""plain""""#))
  }

  @Test("a page has every run, with links to the reports beside it")
  func page() async throws {
    try folder.write(Array("report".utf8), to: "runs/seed-2/report.html")
    let result = try await runs(["--html", "runs/index.html", "--sort", "accuracy"])
    #expect(result.status == 0 && result.errors.contains("Page: runs/index.html"))
    let page = try folder.text("runs/index.html")
    let rows = page.matches(of: #/<th scope="row" class="text"><(a|span)[^>]*>([^<]*)</#)
    #expect(rows.map { $0.2 } == ["seed-2", "seed-10", "seed-1", "stopped"])
    #expect(page.contains(#"<a href="./seed-2/report.html">seed-2</a>"#))
    #expect(page.matches(of: #/<a /#).count == 1 && page.matches(of: #/<figure/#).count == 3)
    #expect(page.matches(of: #/<svg class="small"/#).count == 4)
    #expect(page.contains("97.00 %") && page.contains("=sgd, &quot;plain&quot;"))
    #expect(!page.contains("<script"))
  }

  @Test("the words of a page's curves have the digits of very small losses")
  func smallLosses() async throws {
    var files = RunFiles(accuracies: [1], seconds: 1)
    files.metrics = files.metrics.map {
      $0.replacing(#""test_loss":0.5"#, with: #""test_loss":0.00001234"#)
    }
    try files.write(to: "small/run", in: folder)
    let result = try await Command.run(["runs", "small", "--html", "page.html"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let page = try folder.text("page.html")
    let words = try #require(page.firstMatch(of: #/<desc id="test-loss-text">([^<]*)</#)).1
    #expect(words.contains("1.23e-05"), "\(words)")
  }

  @Test("a page links a run whose name starts with an accent")
  func accentedName() async throws {
    let name = "\u{301}a"
    try RunFiles(accuracies: [0.9], seconds: 1).write(to: "more/\(name)", in: folder)
    try folder.write(Array("report".utf8), to: "more/\(name)/report.html")
    let result = try await Command.run(["runs", "more/", "--html", "more/index.html"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try folder.text("more/index.html").contains("href=\"./%CC%81a/report.html\""))
  }

  @Test("a page stays as it is if there is no run to show, or if it cannot be replaced")
  func noPage() async throws {
    try folder.write(Array("page".utf8), to: "page.html")
    for arguments in [["elsewhere"], ["runs", "--where", "seed=77"]] {
      let result = try await Command.run(
        ["runs"] + arguments + ["--html", "page.html"], in: folder)
      #expect(result.status == (arguments == ["elsewhere"] ? 66 : 0), "\(result.errors)")
      #expect(try folder.text("page.html") == "page")
    }
    let result = try await runs(["--html", "none/page.html"])
    #expect(result.status == 74 && result.errors.contains("none/page.html"))
  }

  @Test("a page of more runs than colors draws the most accurate")
  func many() async throws {
    for index in 0..<8 {
      var files = RunFiles(accuracies: [0.5, 0.6 + Double(index) / 100], seconds: 1)
      files.settings["seed"] = 20 + index
      try files.write(to: "many/run-\(index)", in: folder)
    }
    let result = try await Command.run(["runs", "many", "--html", "page.html"], in: folder)
    #expect(result.status == 0)
    let page = try folder.text("page.html")
    #expect(page.contains("The 6 of 8 runs with the highest test accuracy"))
    let drawn = try #require(page.firstMatch(of: #/<desc id="test-text">([^<]*)</#)).1
    #expect(drawn.contains("run-2: ") && drawn.contains("run-7: "))
    #expect(!drawn.contains("run-0: ") && !drawn.contains("run-1: "), "\(drawn)")
  }

  @Test(
    "forms that exclude each other, and a file of a run, are refused",
    arguments: [
      (["--csv", "--json"], "give only one of --json and --csv"),
      (["--csv", "--group-by", "seed"], "--csv has no meaning with --group-by"),
      (["--html", "runs/seed-1/metrics.jsonl"], "a file of the run in"),
      (["--html", ""], "--html has an empty value"),
    ])
  func refused(options: [String], message: String) async throws {
    let result = try await runs(options)
    #expect(result.status == 64 && result.errors.contains(message), "\(result.errors)")
  }
}
