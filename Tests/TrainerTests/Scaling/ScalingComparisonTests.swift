import Foundation
import Testing

@testable import Machine
@testable import Model
@testable import Parallel
@testable import Scaling
@testable import Training

@Suite("A comparison of two experiments")
struct ScalingComparisonTests {
  private func result(rate: Double = 50_000, repeats: Int = 5, threads: [Int] = [1, 2]) throws
    -> ScalingResult
  {
    try ScalingSample(threads: threads, repeats: repeats, rate: rate).result()
  }

  @Test("has the ratio of the medians with its interval, and whether it shows a difference")
  func ratios() throws {
    let faster = ScalingComparison(try result(), try result(rate: 55_000))
    #expect(faster.pairs.map(\.showsDifference) == [true, true])
    for pair in faster.pairs {
      #expect(abs(pair.ratio.median - 1.1) < 1e-9)
      let range = try #require(pair.ratio.range)
      // The repeats are within 1 % of their median.
      #expect(range.contains(1.1) && range.lowerBound > 1.07 && range.upperBound < 1.13)
      #expect(pair.sameDigest == true)
    }
    let same = ScalingComparison(try result(), try result(rate: 50_100))
    #expect(same.pairs.map(\.showsDifference) == [false, false])
    let few = ScalingComparison(try result(repeats: 2), try result(rate: 90_000, repeats: 2))
    #expect(few.pairs.allSatisfy { !$0.showsDifference && $0.ratio.range == nil })
    #expect(few.differences.isEmpty)
  }

  @Test("lists only the differences between their setups")
  func differences() throws {
    let first = try result()
    #expect(ScalingComparison(first, first).differences.isEmpty)
    var second = first
    second.created = "2027-01-01T00:00:00Z"
    second.command = ["trainer"]
    #expect(ScalingComparison(first, second).differences.isEmpty)
    second.plan.pin = .spread
    second.plan.mode = .weak
    second.plan.settings["label-smoothing"] = .number(0.5)
    second.plan.settings["seed"] = nil
    second.plan.settings["ema"] = .number(0.9)
    second.machine.hostname = "node2"
    second.machine.openBLAS?.core = "Haswell"
    second.machine.kernel = "Linux 5"
    second.parameters = 7
    let differences = ScalingComparison(first, second).differences
    #expect(
      differences.map(\.name) == [
        "mode", "pin", "label-smoothing", "seed", "OpenBLAS", "host", "system", "parameters", "ema",
      ])
    #expect(
      differences[3] == .init(name: "seed", first: "0", second: nil)
        && differences[8] == .init(name: "ema", first: nil, second: "0.9"))
  }

  @Test("lists points of only one experiment, and marks differing digests")
  func points() throws {
    var second = try result(threads: [2, 8])
    second.series[0].points[0].digest = "other"
    let comparison = ScalingComparison(try result(), second)
    #expect(comparison.pairs.map(\.configuration.threads) == [2])
    #expect(comparison.pairs.map(\.sameDigest) == [false])
    #expect(comparison.onlyInFirst.map(\.threads) == [1])
    #expect(comparison.onlyInSecond.map(\.threads) == [8])
    second.series[0].points[0].measurements[0].digestStep += 1
    #expect(ScalingComparison(try result(), second).pairs.map(\.sameDigest) == [nil])
  }

  @Test("is aligned in 80 columns, with differences first")
  func lines() throws {
    var second = try result(rate: 50_100, threads: [1, 4])
    second.machine.hostname = "node\u{1B}2"
    let lines = ScalingComparison(try result(), second).lines
    #expect(
      lines.prefix(4) == [
        "These differ between A and B, so the figures may not be comparable:",
        "host: A node1, B node\u{FFFD}2", "", "shard 64, samples/s",
      ])
    #expect(lines[4].hasPrefix("threads  batch      A         95 %      B         95 %    B/A"))
    #expect(lines[6].hasPrefix("      1    512  50000  49500-50500  50100  49599-50601  1.002  "))
    #expect(lines[6].hasSuffix("  ="))
    #expect(
      lines.suffix(3) == [
        "", "only in A: 2 threads, batch 512, shard 64",
        "only in B: 4 threads, batch 512, shard 64",
      ])
    #expect(lines.allSatisfy { $0.count <= 80 })
    let none = ScalingComparison(try result(threads: [1]), try result(threads: [2])).lines
    #expect(none[0] == "No configuration was measured in both.")
  }

  @Test("in JSON has snake case, and leaves out unknown values")
  func json() throws {
    let comparison = ScalingComparison(try result(repeats: 1), try result(threads: [1, 4]))
    let data = try JSONEncoder().encode(comparison)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object.keys.sorted() == ["differences", "only_in_first", "only_in_second", "pairs"])
    let pair = try #require((object["pairs"] as? [[String: Any]])?.first)
    #expect(
      pair.keys.sorted() == [
        "configuration", "first", "ratio", "same_digest", "second", "shows_difference",
      ])
    #expect((pair["ratio"] as? [String: Any])?.keys.sorted() == ["median"])
  }
}
