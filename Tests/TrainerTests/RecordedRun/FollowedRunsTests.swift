import Foundation
import TestSupport
import Testing

@testable import Runs
@testable import Training

@Suite("Runs that are followed")
struct FollowedRunsTests {
  private let folder: TemporaryFolder
  private let start = #"{"event":"start"}"#

  init() throws {
    folder = try TemporaryFolder()
  }

  private func write(_ lines: [String], to name: String) throws {
    var files = RunFiles()
    files.metrics = lines
    try files.write(to: "runs/\(name)", in: folder)
  }

  @Test("appear, make epochs, end and are removed, each with a line")
  func events() throws {
    try folder.write([], to: "runs/note")
    var followed = FollowedRuns(in: [folder.path("runs")])
    var text = FollowLines()
    let prefix = folder.path("runs") + "/"
    func lines() -> [String] {
      let (runs, problems, warnings) = followed.update()
      #expect(problems.isEmpty && warnings.isEmpty)
      return text.lines(for: runs).map { $0.replacing(prefix, with: "") }
    }
    #expect(lines() == [])
    try write([], to: "a")
    #expect(lines() == ["a  no metrics"])
    let epochs = (1...3).map { RunFiles.epoch($0, accuracy: 0.5) }
    try write([start, epochs[0]], to: "a")
    #expect(
      lines() == [
        "a  epoch 1/3  train loss 1.0000  test loss 0.5000  test accuracy 50.00 %",
        "a  stopped at step 100, epoch 1/3, test accuracy 50.00 %",
      ])
    #expect(lines() == [])
    // A half-written line.
    try folder.write(
      Array("\(start)\n\(epochs[0])\n\(epochs[1].prefix(40))".utf8), to: "runs/a/metrics.jsonl")
    #expect(lines() == [])
    try write([start] + epochs + [RunFiles.end(step: 300, seconds: 1, accuracy: 0.5)], to: "a")
    #expect(
      lines().map { $0.prefix(13) } == ["a  epoch 2/3 ", "a  epoch 3/3 ", "a  complete, "])
    // An epoch that a resumed run repeats with other metrics is new.
    try write([start, epochs[0], RunFiles.epoch(2, accuracy: 0.75)], to: "a")
    #expect(lines().map { $0.prefix(12) } == ["a  epoch 2/3", "a  stopped a"])
    try FileManager.default.removeItem(atPath: folder.path("runs/a"))
    #expect(lines() == ["a  removed"])
  }

  @Test("are not broken if a file is missing for a moment")
  func moment() throws {
    try write([start], to: "a")
    var followed = FollowedRuns(in: [folder.path("runs")])
    #expect(followed.update().runs.map(\.state) == [.stopped(step: 0)])
    try FileManager.default.removeItem(atPath: folder.path("runs/a/config.json"))
    #expect(followed.update().runs.map(\.state) == [.stopped(step: 0)])
    #expect(followed.update().runs.map(\.state) == [.broken])
    try write([start], to: "a")
    #expect(followed.update().runs.map(\.state) == [.stopped(step: 0)])
  }

  @Test("are not found in a folder that does not exist")
  func missing() {
    var followed = FollowedRuns(in: [folder.path("nowhere")])
    #expect(followed.update().problems.map(\.code) == [.dataNotFound])
  }
}
