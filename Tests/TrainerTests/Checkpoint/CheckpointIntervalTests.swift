import Testing

@testable import Runs

@Suite("The interval of checkpoints")
struct CheckpointIntervalTests {
  @Test(
    "is parsed as steps or as time",
    arguments: [
      ("500", .steps(500)), ("1", .steps(1)), ("30s", .seconds(30)), ("10m", .seconds(600)),
      ("1.5h", .seconds(5400)),
    ] as [(String, CheckpointInterval)])
  func reads(text: String, interval: CheckpointInterval) throws {
    #expect(CheckpointInterval(text) == interval)
    #expect(CheckpointInterval(interval.description) == interval)
  }

  @Test(
    "is not parsed from anything else",
    arguments: ["", "0", "-5", "0s", "m", "10 m", "1d", "infs", "nanm", "1.5", "-3s", "1e308h"])
  func refuses(text: String) {
    #expect(CheckpointInterval(text) == nil)
  }
}
