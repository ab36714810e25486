import Foundation
import TestSupport
import Testing

@testable import Runs
@testable import Training

@Suite("Recorded metrics")
struct RecordedMetricsTests {
  private func metrics(_ lines: [String], cut: String = "") throws -> RecordedMetrics? {
    try RecordedMetrics(Data((lines.map { $0 + "\n" }.joined() + cut).utf8), place: "metrics")
  }

  private let start = #"{"event":"start"}"#

  @Test("contain the epochs in order and the end")
  func whole() throws {
    let metrics = try #require(
      try metrics([
        start, RunFiles.epoch(1, accuracy: 0.9), RunFiles.epoch(2, accuracy: 0.95),
        RunFiles.end(step: 200, seconds: 2.5, accuracy: 0.95),
      ]))
    #expect(metrics.epochs.map(\.epoch) == [1, 2])
    #expect(metrics.epochs.map(\.testAccuracy) == [0.9, 0.95])
    #expect(metrics.epochs[0].validationLoss == nil)
    #expect(metrics.step == 200)
    #expect(
      metrics.end
        == RecordedEnd(
          step: 200, seconds: 2.5, testAccuracy: 0.95, weightsDigest: RunFiles.digest))
  }

  @Test(
    "ignore a last line that a kill cut, wherever it was cut",
    arguments: [1, 20, 100, 1000])
  func cutLine(length: Int) throws {
    let line = RunFiles.epoch(2, accuracy: 0.95)
    let metrics = try #require(
      try metrics([start, RunFiles.epoch(1, accuracy: 0.9)], cut: String(line.prefix(length))))
    #expect(metrics.epochs.map(\.epoch) == [1])
    #expect(metrics.step == 100)
  }

  @Test("are nil if the first line is not complete")
  func nothing() throws {
    #expect(try metrics([]) == nil)
    #expect(try metrics([], cut: #"{"event":"st"#) == nil)
  }

  @Test("omit epochs that a resume undid, and an end that was followed by a resume")
  func resumption() throws {
    let metrics = try #require(
      try metrics([
        start, RunFiles.epoch(1, accuracy: 0.9), RunFiles.epoch(2, accuracy: 0.91),
        RunFiles.end(step: 200, seconds: 2, accuracy: 0.91), #"{"event":"resume","step":150}"#,
      ]))
    #expect(metrics.epochs.map(\.epoch) == [1])
    #expect(metrics.step == 150)
    #expect(metrics.end == nil)
  }

  @Test("contain the step at which a signal stopped a part")
  func stop() throws {
    let metrics = try #require(
      try metrics([
        start, RunFiles.epoch(1, accuracy: 0.9), #"{"event":"stop","signal":"SIGTERM","step":130}"#,
      ]))
    #expect(metrics.step == 130)
    #expect(metrics.end == nil)
  }

  @Test("keep the last line of an epoch that was repeated")
  func again() throws {
    let metrics = try #require(
      try metrics([
        start, RunFiles.epoch(1, accuracy: 0.9), RunFiles.epoch(2, accuracy: 0.91),
        RunFiles.epoch(2, accuracy: 0.92),
      ]))
    #expect(metrics.epochs.map(\.testAccuracy) == [0.9, 0.92])
  }

  @Test("have the first of equal best epochs, by validation loss or else by test accuracy")
  func best() throws {
    let metrics = try #require(
      try metrics([
        RunFiles.epoch(1, accuracy: 0.9), RunFiles.epoch(2, accuracy: 0.92),
        RunFiles.epoch(3, accuracy: 0.92), RunFiles.epoch(4, accuracy: 0.91),
      ]))
    #expect(metrics.best?.epoch == 2)
    var held = metrics.epochs
    for (index, loss) in [0.4, 0.3, 0.2, 0.2].enumerated() { held[index].validationLoss = loss }
    #expect(held.best(of: nil)?.epoch == 3)
    #expect([RecordedEpoch]().best(of: nil) == nil)
    // A run's own word goes first: an epoch that was cut short is not judged.
    var end = RecordedEnd(step: 3, seconds: 1, testAccuracy: 0.9, weightsDigest: "")
    end.bestEpoch = 1
    #expect(held.best(of: end)?.epoch == 1)
  }

  @Test(
    "that are damaged give an error with the line, the field and what is wrong",
    arguments: [
      ("", "line 2: found \"\""),
      ("[1]", "line 2: found \"[1]\", expected a JSON object"),
      (#"{"step":1}"#, "line 2: field `event`: found nothing"),
      (#"{"event":"epoch","epoch":1}"#, "line 2: field `step`: found nothing"),
      (
        RunFiles.epoch(1, accuracy: 0.5).replacing(
          #""train_accuracy":0.5"#, with: #""train_accuracy":"high""#),
        "line 2: field `train_accuracy`: found another kind of value, expected a number"
      ),
      (
        RunFiles.epoch(1, accuracy: 0.5).replacing(
          #""train_seconds":0.5"#, with: #""train_seconds":1e999"#),
        "line 2: field `train_seconds`: found 1e999, expected a number that fits in a double"
      ),
      (
        RunFiles.epoch(1, accuracy: 0.5).replacing(#""step":100"#, with: #""step":100.5"#),
        "line 2: field `step`: found 100.5, expected a whole number that fits in 64 bits"
      ),
      (
        RunFiles.epoch(1, accuracy: 0.5).replacing("0.5}", with: "1e999"),
        "line 2: found the end of the text, expected the rest of a JSON object"
      ),
      (RunFiles.epoch(0, accuracy: 0.5), "line 2: field `epoch`: found 0"),
      (
        RunFiles.epoch(1, accuracy: 0.5).replacing(#""step":100"#, with: #""step":-1"#),
        "line 2: field `step`: found -1"
      ),
      (
        RunFiles.epoch(1, accuracy: 0.5).replacing(
          #""train_seconds":0.5"#, with: #""train_seconds":-0.5"#),
        "line 2: field `train_seconds`: found -0.5, expected a number from 0"
      ),
      (
        RunFiles.epoch(1, accuracy: 1.5),
        "line 2: field `train_accuracy`: found 1.5, expected a number from 0 to 1"
      ),
      (
        RunFiles.end(step: 1, seconds: 1, accuracy: 1e300),
        "line 2: field `test_accuracy`: found 1e+300, expected a number from 0 to 1"
      ),
      (
        RunFiles.end(step: 1, seconds: -1, accuracy: 1),
        "line 2: field `seconds`: found -1.0, expected a number from 0"
      ),
      ("null", "line 2: found \"null\", expected a JSON object"),
      (
        RunFiles.end(step: 1, seconds: 1, accuracy: 1, digest: "abc"),
        "line 2: field `weights_digest`: found \"abc\""
      ),
    ])
  func broken(line: String, message: String) throws {
    let error = try #require(throws: TrainerError.self) {
      try metrics([start, line, RunFiles.epoch(1, accuracy: 1)])
    }
    #expect(error.code == .badData)
    #expect(error.description.hasPrefix("metrics: " + message), "\(error)")
  }

  @Test("with a fault in a long line say where it is")
  func longLine() throws {
    let line = RunFiles.epoch(1, accuracy: 0.5).replacing(#","step""#, with: #" "step""#)
    let error = try #require(throws: TrainerError.self) { try metrics([start, line]) }
    #expect("\(error)".hasPrefix("metrics: line 2: found no JSON near "), "\(error)")
    #expect("\(error)".contains(#"\"step\""#), "\(error)")
    let whole = RunFiles.epoch(1, accuracy: 0.5)
    let cut = try #require(throws: TrainerError.self) {
      try metrics([start, String(whole.dropLast())])
    }
    #expect("\(cut)".contains("found the end of the text"), "\(cut)")
  }

  @Test("with a line of more than a mebibyte are refused, and many empty lines at the first one")
  func manyLines() throws {
    let long = String(repeating: " ", count: 1 << 20) + "{}"
    for (lines, cut) in [([start, long], ""), ([start], long)] {
      let error = try #require(throws: TrainerError.self) { try metrics(lines, cut: cut) }
      #expect(
        "\(error)"
          == "metrics: line 2: found more than 1048576 bytes, expected the end of the line")
    }
    let empty = try #require(throws: TrainerError.self) {
      try metrics([start] + Array(repeating: "", count: 1000))
    }
    #expect("\(empty)".hasPrefix("metrics: line 2: found \"\""), "\(empty)")
  }

  @Test("ignore events of later versions")
  func unknownEvent() throws {
    let metrics = try #require(
      try metrics([start, #"{"event":"snapshot"}"#, RunFiles.epoch(1, accuracy: 0.9)]))
    #expect(metrics.epochs.count == 1)
  }
}
