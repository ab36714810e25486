import Foundation
import TestSupport
import Testing

@testable import TensorBoard

@Suite(
  "TensorBoard itself",
  .enabled(
    if: InstalledTensorBoard.isAvailable,
    "needs python3 with the package tensorboard; TRAINER_TEST_PYTHON names another interpreter"))
struct TensorBoardReaderTests {
  @Test("shows the scalars and histograms of a run")
  func run() throws {
    let folder = try TemporaryFolder()
    let values = (0..<5000).map { Float($0 % 97 - 40) * 0.01 }
    let file = try EventFile(directory: folder.url.path())
    for step in 1...3 {
      try file.scalars(
        [("loss/train", 1 / Double(step)), ("accuracy/train", 0.5)], step: step * 10,
        wallTime: 1000 + Double(step))
      try file.histograms([("weights/dense1.weight", values), ("none", [.nan])], step: step * 10)
    }
    let run = try InstalledTensorBoard.read(folder.url.path())

    let loss = run.scalars.filter { $0.tag == "loss/train" }
    #expect(loss.map(\.step) == [10, 20, 30])
    #expect(loss.map(\.value) == [1, 0.5, Double(Float(1) / 3)])
    #expect(loss.map(\.wallTime) == [1001, 1002, 1003])
    #expect(run.steps("accuracy/train") == [10, 20, 30])
    #expect(run.steps("non_finite/none") == [10, 20, 30])

    let histogram = try #require(run.histograms.first { $0.tag == "weights/dense1.weight" })
    let expected = ValueHistogram(values)
    #expect(histogram.count == 5000)
    #expect(histogram.minimum == Double(Float(-40) * 0.01))
    #expect(histogram.maximum == Double(Float(56) * 0.01))
    #expect(histogram.sum == expected.sum)
    #expect(histogram.sumOfSquares == expected.sumOfSquares)
    #expect(histogram.limits == expected.figure.bucketLimits)
    #expect(histogram.counts == expected.figure.bucketCounts)

    let pages = Dictionary(uniqueKeysWithValues: run.pages.map { ($0.tag, $0) })
    #expect(pages["loss/train"]?.plugin == "scalars")
    #expect(pages["weights/dense1.weight"]?.plugin == "histograms")
    #expect(pages["none"]?.plugin == "histograms")
    #expect(run.pages.allSatisfy { $0.steps == [10, 20, 30] })
  }

  private func session(_ directory: String, firstStep: Int) throws -> EventFile {
    let file = try EventFile(directory: directory)
    try file.sessionStart(step: firstStep)
    return file
  }

  @Test("shows each step of a resumed run once, also after half a record")
  func resumedRun() throws {
    let folder = try TemporaryFolder()
    let directory = folder.url.path()
    let first = try session(directory, firstStep: 0)
    for step in 1...6 { try first.scalars([("loss", Double(step))], step: step) }
    // A killed process may leave this.
    let handle = try #require(FileHandle(forWritingAtPath: first.path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([40, 0, 0, 0, 0, 0]))
    try handle.close()

    let second = try session(directory, firstStep: 5)
    for step in 5...8 { try second.scalars([("loss", Double(step * 100))], step: step) }
    let run = try InstalledTensorBoard.read(directory)
    #expect(run.scalars.map(\.step) == Array(1...8))
    #expect(run.scalars.map(\.value) == [1, 2, 3, 4, 500, 600, 700, 800])
    #expect(run.pages.map(\.steps) == [Array(1...8)])
  }

  @Test("shows nothing of an older run in the same directory")
  func newRun() throws {
    let folder = try TemporaryFolder()
    let directory = folder.url.path()
    for values in [0...9, 0...2] {
      let file = try session(directory, firstStep: 0)
      for step in values { try file.scalars([("loss", 1)], step: step) }
    }
    #expect(try InstalledTensorBoard.read(directory).steps("loss") == [0, 1, 2])
  }
}
