import Foundation
import TestSupport
import Testing

@testable import Runs
@testable import Training

@Suite("Metrics that are read while they grow")
struct MetricsReaderTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func write(_ text: String) throws {
    try folder.write(Array(text.utf8), to: "run/metrics.jsonl")
  }

  private func epochs(_ numbers: ClosedRange<Int>, accuracy: Double = 0.5) -> String {
    numbers.map { RunFiles.epoch($0, accuracy: accuracy) + "\n" }.joined()
  }

  @Test("are those of the whole file, however it is cut into parts")
  func parts() throws {
    let text =
      "{\"event\":\"start\"}\n" + epochs(1...2) + "{\"event\":\"stop\",\"step\":250}\n"
      + epochs(3...3) + RunFiles.end(step: 300, seconds: 3, accuracy: 0.5) + "\n"
    let bytes = Array(text.utf8)
    var reader = MetricsReader(directory: folder.path("run"))
    #expect(try reader.read() == nil)
    for end in stride(from: 0, through: bytes.count, by: 7) + [bytes.count] {
      try folder.write(Array(bytes[..<end]), to: "run/metrics.jsonl")
      let expected = try RecordedMetrics(Data(bytes[..<end]), place: "x")
      #expect(try reader.read() == expected)
      #expect(try reader.read() == expected)
    }
    #expect(try reader.read()?.end?.seconds == 3)
  }

  @Test("are read anew if a resumed run has written the file again, also if it is longer")
  func resumed() throws {
    var reader = MetricsReader(directory: folder.path("run"))
    try write("{\"event\":\"start\"}\n" + epochs(1...3))
    #expect(try reader.read()?.epochs.count == 3)
    try write("{\"event\":\"start\"}\n")
    #expect(try reader.read()?.epochs.count == 0)
    try write("{\"event\":\"start\"}\n" + epochs(1...3))
    #expect(try reader.read()?.epochs.count == 3)
    try write(
      "{\"event\":\"start\",\"threads\":1}\n" + epochs(1...2)
        + "{\"event\":\"resume\",\"step\":200}\n" + epochs(3...5, accuracy: 0.75))
    #expect(try reader.read()?.epochs.map(\.testAccuracy) == [0.5, 0.5, 0.75, 0.75, 0.75])
  }

  @Test("are gone with the file, and a damaged line is an error that names it each time")
  func damaged() throws {
    var reader = MetricsReader(directory: folder.path("run"))
    try write("{\"event\":\"start\"}\n" + epochs(1...1))
    #expect(try reader.read()?.epochs.count == 1)
    try FileManager.default.removeItem(atPath: folder.path("run/metrics.jsonl"))
    #expect(try reader.read() == nil)
    try write("{\"event\":\"start\"}\nnonsense\n")
    for _ in 0..<2 {
      let error = try #require(throws: TrainerError.self) { try reader.read() }
      #expect(error.description.contains("metrics.jsonl: line 2: found \"nonsense\""))
    }
    try write("{\"event\":\"start\"}\n" + epochs(1...2))
    #expect(try reader.read()?.epochs.count == 2)
  }
}
