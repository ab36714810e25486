import Foundation
import TestSupport
import Testing

@testable import Model
@testable import Pages
@testable import Scaling
@testable import Training

@Suite("scaling.json")
struct ScalingResultFileTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test("is read as it was written, under its own name or its directory's")
  func roundTrip() throws {
    let result = try ScalingSample(hasFits: true, predictedCores: [8]).result()
    try result.write(path: folder.path("result.json"))
    #expect(try ScalingResult.read(path: folder.path("result.json")) == result)
    try FileManager.default.createDirectory(
      atPath: folder.path("out"), withIntermediateDirectories: false)
    try result.write(path: folder.path("out"))
    #expect(try folder.names(in: "out") == ["scaling.json"])
    #expect(try ScalingResult.read(path: folder.path("out")) == result)
  }

  @Test("has sorted keys, stages and residuals by name, and what it is")
  func keys() throws {
    try ScalingSample(hasFits: true).result().write(path: folder.path("scaling.json"))
    let text = try folder.text("scaling.json")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["format"] as? String == "trainer scaling")
    #expect(object["format_version"] as? Int == 1)
    let top = text.matches(of: #/(?m)^  "(\w+)"/#).map { String($0.output.1) }
    #expect(top == top.sorted() && top.contains("topology"))
    let series = try #require((object["series"] as? [[String: Any]])?.first)
    let point = try #require((series["points"] as? [[String: Any]])?.first)
    let stages = try #require(point["stages"] as? [String: Any])
    #expect(
      (stages["seconds"] as? [String: Any])?.keys.sorted() == [
        "backward", "exchange", "forward", "gather", "merge", "other", "update", "wait",
      ])
    let law = try #require(series["amdahl"] as? [String: Any])
    #expect((law["residuals"] as? [String: Any])?.keys.sorted() == ["1", "2", "4"])
  }

  @Test(
    "that is damaged is refused with the field, what was found and what was expected",
    arguments: [
      (
        "trainer scaling", "trainer run", "found format `trainer run` 1, expected `trainer scaling`"
      ),
      (#""format_version" : 1"#, #""format_version" : 2"#, "found format `trainer scaling` 2"),
      (
        #""mode" : "strong""#, #""mode" : "sideways""#,
        "field `plan.mode`: found `sideways`, which is not one of its values"
      ),
      (#""repeats" : 5"#, #""repeats" : 0"#, "field `plan.repeats`: found 0, expected 1 to"),
      (#""hostname" : "node1","#, "", "field `machine.hostname`: found nothing"),
      (#""threads" : 2"#, #""threads" : 0"#, "threads`: found 0, expected 1 to 240"),
      (#""threads" : 2"#, #""threads" : 1000000"#, "threads`: found 1000000, expected 1 to 240"),
      (
        #""classes" : 10"#, #""classes" : -1"#,
        "field `dataset.classes`: found -1, expected 1 to 256"
      ),
      (
        #""classes" : 10"#, #""classes" : 2147483648"#,
        "field `dataset.classes`: found 2147483648, expected 1 to 256"
      ),
      (#""rows" : 28"#, #""rows" : 4611686018427387904"#, "field `dataset.rows`: found 4611686018"),
      (
        #""columns" : 28"#, #""columns" : 1000000000"#,
        "field `dataset`: found images of 28 x 1000000000 pixels, expected at most 1024 x 1024"
      ),
      (#""channels" : 1"#, #""channels" : 0"#, "field `dataset.channels`: found 0, expected 1 to"),
      (
        #""channels" : 1"#, #""channels" : 65"#,
        "found images of 28 x 28 pixels of 65 channels, expected at most"
      ),
      (#""ranks" : 1"#, #""ranks" : 4000000000"#, "ranks`: found 4000000000, expected 1 to 65536"),
      (
        #""median" : 50000"#, #""median" : 5e400"#,
        "median`: found 5e400"
      ),
      (#""median" : 50000"#, #""median" : 0"#, "median`: found 0.0, expected a number above 0"),
      (
        #""median" : 50000"#, #""median" : 5e-324"#,
        "samples_per_second.median`: found 5e-324, expected 1e-12 to 1e+18"
      ),
      (#""samples" : 512000"#, #""samples" : -5"#, "samples`: found -5, expected 1 to"),
      ("{\n  \"command\"", "{\n  command\"", "line 2: found no JSON near "),
    ])
  func damaged(old: String, new: String, message: String) throws {
    let path = folder.path("scaling.json")
    try ScalingSample().result().write(path: path)
    let text = try folder.text("scaling.json")
    #expect(text.contains(old))
    try folder.write(Array(text.replacing(old, with: new).utf8), to: "scaling.json")
    let error = try #require(throws: TrainerError.self) { try ScalingResult.read(path: path) }
    #expect(error.code == .badData)
    #expect(error.description.hasPrefix(path + ": "))
    #expect(error.description.contains(message), "\(error)")
  }

  @Test("of a version without models has the model of its settings")
  func olderSettings() throws {
    let result = try ScalingSample().result()
    var older = result
    older.plan.settings["model"] = nil
    older.plan.settings.merge([
      "hidden": .text("512,256"), "batch-norm": .flag(false), "dropout": .number(0),
    ]) { $1 }
    try older.write(path: folder.path("older.json"))
    #expect(try ScalingResult.read(path: folder.path("older.json")) == result)
    older.plan.settings["hidden"] = .text("512,0")
    try older.write(path: folder.path("wrong.json"))
    let error = #expect(throws: TrainerError.self) {
      try ScalingResult.read(path: folder.path("wrong.json"))
    }
    #expect(error?.code == .badData)
    #expect(error?.description.contains("found [512, 0]") == true)
  }

  @Test("keeps doubts and intermediate machines, and can be read without them, as in older files")
  func laterKeys() throws {
    var result = try ScalingSample(predictedCores: [8]).result()
    try result.write(path: folder.path("older.json"))
    let older = try folder.text("older.json")
    for key in ["doubts", "between", "probe_interference"] { #expect(!older.contains(key)) }
    #expect(try ScalingResult.read(path: folder.path("older.json")) == result)
    result.simulation?.predictions[0].doubts = ["a reason"]
    result.simulation?.validations[0].doubts = ["a reason"]
    let predictions = result.simulation?.predictions
    result.simulation?.between = predictions
    result.series[0].points[0].measurements[0].probeInterference = Interference(
      ownCPUs: 1, otherCPUs: 0.5)
    try result.write(path: folder.path("new.json"))
    #expect(try ScalingResult.read(path: folder.path("new.json")) == result)
    let text = try folder.text("new.json")
    #expect(text.contains("\"format_version\" : 1"))
    for key in ["doubts", "between", "probe_interference"] { #expect(text.contains("\"\(key)\"")) }
  }

  @Test("of a version that measured matrix products is read, without a share of the FMA peak")
  func olderProbes() throws {
    let result = try ScalingSample(predictedCores: [8]).result()
    try result.write(path: folder.path("new.json"))
    let text = try folder.text("new.json").replacing("peak_gigaflops", with: "gemm_gigaflops")
      .replacing("peak_share", with: "roofline_share")
    try folder.write(Array(text.utf8), to: "older.json")
    let older = try ScalingResult.read(path: folder.path("older.json"))
    let probes = older.series[0].points.flatMap(\.measurements).map(\.probe)
    #expect(probes.allSatisfy { $0.peakGigaflops == nil && $0.productGigaflops ?? 0 > 0 })
    #expect(older.series[0].points.allSatisfy { $0.peakShare == nil })
    #expect(older.series[0].points[0].measurements[0].peakShare == nil)
    // The cost model needs only ratios of rates.
    let (now, then) = (try #require(result.simulation), try #require(older.simulation))
    #expect(then.machine.slowdown(active: 2) == now.machine.slowdown(active: 2))
    let page = ScalingReport.render(older)
    #expect(!page.contains("Share of the FMA peak"))
    #expect(ScalingReport.render(result).contains("Share of the FMA peak"))
    // No figure of products is called a peak.
    #expect(ScalingFigures(series: older.series[0], title: "").measurements.rows[0][6] == "–")
    let cells = ScalingCSV(older).lines.map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(cells[1][try #require(cells[0].firstIndex(of: "peak_share_median"))].isEmpty)
  }

  @Test("with a probe without any rate is refused", arguments: [0, 1])
  func noRate(place: Int) throws {
    var result = try ScalingSample(predictedCores: [8]).result()
    if place == 0 {
      result.series[0].points[0].measurements[1].probe.peakGigaflops = nil
    } else {
      result.series[0].points[0].measurements[1].probe.peakGigaflops = -1
    }
    try result.write(path: folder.path("scaling.json"))
    let error = try #require(throws: TrainerError.self) {
      try ScalingResult.read(path: folder.path("scaling.json"))
    }
    #expect(
      error.description.hasSuffix(
        "field `series.0.points.0.measurements.1.probe.peak_gigaflops`: found "
          + "\(place == 0 ? "nothing" : "-1.0"), expected a number above 0"))
  }

  @Test(
    "with a time or a rate that no machine can have is refused",
    arguments: [
      (
        #""barrier_seconds" : 1e-07"#, #""barrier_seconds" : -1e308"#,
        "machine.probes.1.barrier_seconds`: found -1e+308, expected at least 0"
      ),
      (
        #""barrier_seconds" : 1e-07"#, #""barrier_seconds" : 1e308"#,
        "machine.probes.1.barrier_seconds`: found 1e+308, expected at most 1000000000.0 seconds"
      ),
      (
        #""peak_gigaflops" : 390"#, #""peak_gigaflops" : 1e-320"#,
        "machine.probes.2.peak_gigaflops`: found 1e-320, expected 1e-12 to 1e+18"
      ),
      (
        #""memory_bytes_per_second" : 30000000000"#, #""memory_bytes_per_second" : 0"#,
        "machine.probes.2.memory_bytes_per_second`: found 0.0, expected a number above 0"
      ),
      (
        #""line_transfer_seconds" : 8e-09"#, #""line_transfer_seconds" : 1e308"#,
        "line_transfer_seconds`: found 1e+308, expected at most 1000000000.0 seconds"
      ),
      (
        #""optimizer_seconds" : 8e-05"#, #""optimizer_seconds" : -1e308"#,
        "simulation.network.optimizer_seconds`: found -1e+308, expected at least 0"
      ),
      (
        #""input_gradients" : 3e-06"#, #""input_gradients" : -1"#,
        "simulation.network.products.64.input_gradients`: found -1.0, expected at least 0"
      ),
    ])
  func impossible(old: String, new: String, message: String) throws {
    try ScalingSample(predictedCores: [8]).result().write(path: folder.path("scaling.json"))
    let text = try folder.text("scaling.json")
    #expect(text.contains(old))
    try folder.write(Array(text.replacing(old, with: new).utf8), to: "scaling.json")
    let error = try #require(throws: TrainerError.self) {
      try ScalingResult.read(path: folder.path("scaling.json"))
    }
    #expect(error.code == .badData)
    #expect(error.description.hasSuffix(message), "\(error)")
  }

  @Test(
    "with probes of impossible numbers of workers, or none of one worker, is refused",
    arguments: [
      ("1", "3", "probes`: found none of 1 worker, expected the probe of 1 worker"),
      ("2", "0", "probes.0`: found 0, expected 1 to 240"),
      ("2", "300", "probes.300`: found 300, expected 1 to 240"),
    ])
  func probedWorkers(old: String, new: String, message: String) throws {
    try ScalingSample(predictedCores: [8]).result().write(path: folder.path("scaling.json"))
    let text = try folder.text("scaling.json")
    let probes = try #require(text.range(of: "\"probes\" :"))
    let key = try #require(
      text.range(of: "\"\(old)\" :", range: probes.upperBound..<text.endIndex))
    let changed = text.replacingCharacters(in: key, with: "\"\(new)\" :")
    try folder.write(Array(changed.utf8), to: "scaling.json")
    let error = try #require(throws: TrainerError.self) {
      try ScalingResult.read(path: folder.path("scaling.json"))
    }
    #expect(error.code == .badData)
    #expect(error.description.hasSuffix("field `simulation.machine." + message), "\(error)")
  }

  @Test("without points, measurements or a file is refused")
  func missing() throws {
    let path = folder.path("scaling.json")
    func failure(_ change: (inout ScalingResult) -> Void) throws -> TrainerError {
      var result = try ScalingSample(predictedCores: [8]).result()
      change(&result)
      try result.write(path: path)
      return try #require(throws: TrainerError.self) { try ScalingResult.read(path: path) }
    }
    #expect(
      try failure { $0.series[0].points = [] }.description
        == "\(path): field `series.0.points`: found none, expected at least one")
    #expect(
      try failure { $0.series[0].points[1].measurements = [] }.description
        == "\(path): field `series.0.points.1.measurements`: found none, expected at least one")
    #expect(
      try failure { $0.simulation?.predictions[1].cores = 0 }.description
        == "\(path): field `simulation.predictions.1.cores`: found 0, expected 1 to 240")
    #expect(
      try failure {
        let predictions = $0.simulation?.predictions
        $0.simulation?.between = predictions
        $0.simulation?.between?[0].samplesPerSecond = 0
      }.description
        == "\(path): field `simulation.between.0.samples_per_second`: found 0.0, expected a number "
        + "above 0")
    let none = try #require(throws: TrainerError.self) {
      try ScalingResult.read(path: folder.path("nowhere"))
    }
    #expect(none.code == .dataNotFound)
  }
}
