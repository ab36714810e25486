import Foundation
import TestSupport
import Testing

@testable import Model
@testable import Runs
@testable import Training

/// Every byte of a header and 1,000 others are changed, one at a time.
@Suite("A damaged file")
struct DamageTests {
  private let files: TemporaryFolder

  init() throws {
    files = try TemporaryFolder()
  }

  private func run() throws -> TrainingRun {
    try TrainingRunTests.run { $0.model = Perceptron(hidden: [3]).model }
  }

  /// The bytes before the data: the header's length and the header.
  private static func headerCount(of file: [UInt8]) -> Int {
    8 + file[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// Reads a file with one byte changed, for many bytes; every time has to fail with a named error.
  private func changeBytes(of path: String, reading: (String) throws -> Void) throws {
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    try reading(path)
    let headerCount = Self.headerCount(of: whole)
    var generator = SeededGenerator(seed: UInt64(whole.count))
    let others = (0..<1000).map { _ in Int.random(in: headerCount..<whole.count, using: &generator)
    }
    for place in Array(0..<headerCount) + others {
      let change = UInt8.random(in: 1...255, using: &generator)
      var bytes = whole
      bytes[place] ^= change
      let damaged = try files.write(bytes, to: "damaged")
      do {
        try reading(damaged)
        Issue.record("byte \(place) from \(whole[place]) to \(bytes[place]) was taken")
      } catch let error as WeightsError {
        #expect(error.description.contains(damaged), "\(error)")
      } catch let error as TrainerError {
        #expect(error.description.contains(damaged) && error.code == .badData, "\(error)")
      }
    }
  }

  @Test("is not accepted as a checkpoint")
  func checkpoint() throws {
    let run = try run()
    let path = files.path("checkpoint")
    try Checkpoint(of: run, identity: testIdentity(run)).write(path: path)
    try changeBytes(of: path) { try Checkpoint(path: $0).restore(run) }
  }

  @Test("is not accepted as a model")
  func model() throws {
    let run = try run()
    let path = files.path("model")
    try run.writeModel(path: path)
    try changeBytes(of: path) { path in
      let file = try SafetensorsFile.read(path: path)
      _ = try ModelFile(file).state(ModelFile(file).architecture())
    }
  }

  @Test("that was cut in its header or its data is not accepted as a checkpoint")
  func truncated() throws {
    let run = try run()
    let path = files.path("checkpoint")
    try Checkpoint(of: run, identity: testIdentity(run)).write(path: path)
    let whole = try files.bytes("checkpoint")
    // Every length up to the end of the header, some up to the end of the data, and the last one.
    let headerCount = Self.headerCount(of: whole)
    let lengths =
      Array(0..<headerCount) + stride(from: headerCount, to: whole.count, by: 61)
      + [whole.count - 1]
    for count in lengths {
      let cut = try files.write(Array(whole[..<count]), to: "cut")
      let error = #expect(throws: WeightsError.self, "\(count) bytes") {
        try Checkpoint(path: cut)
      }
      #expect(error?.description.contains(cut) == true, "\(count) bytes")
    }
  }
}
