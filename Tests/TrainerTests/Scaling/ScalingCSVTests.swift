import TestSupport
import Testing

@testable import Scaling
@testable import Training

@Suite("scaling.csv")
struct ScalingCSVTests {
  private func rows(_ result: ScalingResult) -> [[String: String]] {
    let lines = ScalingCSV(result).lines.map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  @Test("has one line per point of every series, with every figure and its interval")
  func figures() throws {
    let result = try ScalingSample(batches: [512, 1024], hasFits: true).result()
    let rows = rows(result)
    #expect(rows.count == 6)
    #expect(rows.map { $0["threads"] } == ["1", "2", "4", "1", "2", "4"])
    #expect(rows.map { $0["batch_size"] } == ["512", "512", "512", "1024", "1024", "1024"])
    for (row, point) in zip(rows, result.series.flatMap(\.points)) {
      for (name, estimate) in [
        ("samples_per_second", point.samplesPerSecond), ("speedup", point.speedup),
        ("efficiency", point.efficiency), ("peak_share", try #require(point.peakShare)),
      ] {
        #expect(row[name + "_median"] == "\(estimate.median)")
        #expect(row[name + "_low"].flatMap { Double($0) } == estimate.low)
        #expect(row[name + "_high"].flatMap { Double($0) } == estimate.high)
      }
      #expect(row["serial_fraction_median"] == point.serialFraction.map { "\($0.median)" } ?? "")
      for kind in StageKind.allCases {
        #expect(row["stages_seconds_\(kind.rawValue)"] == point.stages.seconds[kind]?.description)
      }
      #expect(row["digest"] == ScalingSample.digest && row["repeats"] == "5")
    }
  }

  @Test("has the marks, and leaves unknown values empty")
  func marks() throws {
    let rows = rows(try ScalingSample(threads: [1, 4, 8], cpus: 4, repeats: 2).result())
    #expect(rows.map { $0["oversubscribed"] } == ["false", "false", "true"])
    #expect(rows.map { $0["shares_cores"] } == ["false", "true", "true"])
    #expect(rows.map { $0["same_as"] } == ["", "1", "4"])
    #expect(rows[1]["speedup_low"] == "" && rows[1]["speedup_high"] == "")
  }

  @Test("has no predictions")
  func predictions() throws {
    var result = try ScalingSample(predictedCores: [8]).result()
    let lines = ScalingCSV(result).lines
    result.simulation = nil
    #expect(ScalingCSV(result).lines == lines && lines.count == 4)
  }

  @Test("is written completely, and keeps a damaged digest in its field")
  func file() throws {
    let folder = try TemporaryFolder()
    var result = try ScalingSample(threads: [1]).result()
    result.series[0].points[0].digest = "a,\"b"
    try ScalingCSV(result).write(path: folder.path("scaling.csv"))
    let text = try folder.text("scaling.csv")
    #expect(text.hasPrefix("mode,pin,ranks,threads,batch_size,shard_size,"))
    #expect(text.hasSuffix(",\"a,\"\"b\"\n"))
  }
}
