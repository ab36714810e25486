import Files
import Foundation
import Model
import TestSupport
import Testing

@testable import Runs
@testable import Training

@Suite("A folder of checkpoints")
struct CheckpointFolderTests {
  private let files: TemporaryFolder

  init() throws {
    files = try TemporaryFolder()
  }

  private func folder(keep: Int = 3) -> CheckpointFolder {
    CheckpointFolder(path: files.url.path(), keep: keep)
  }

  /// Checkpoints of an untrained small run, said to be at some steps.
  private func write(steps: [Int], to folder: CheckpointFolder) throws {
    for step in steps {
      let run = try TrainingRunTests.run { $0.epochs = 100 }
      try run.resume(at: RunPosition(step: step, of: run))
      try folder.write(Checkpoint(of: run, identity: testIdentity(run)))
    }
  }

  private func damage(_ step: Int, in folder: CheckpointFolder) throws {
    let url = URL(fileURLWithPath: folder.file(step: step))
    var bytes = [UInt8](try Data(contentsOf: url))
    bytes[bytes.count / 2] ^= 1
    try Data(bytes).write(to: url)
  }

  @Test("keeps only the newest checkpoints")
  func keeps() throws {
    try write(steps: [1, 9, 10, 200, 30], to: folder(keep: 2))
    #expect(try folder().steps() == [30, 200])
    #expect(try folder().newest(warn: { Issue.record("\($0)") })?.position.step == 200)
  }

  @Test("treats only files with its own names as checkpoints")
  func foreignNames() throws {
    let folder = folder(keep: 2)
    try write(steps: [4], to: folder)
    for name in ["step-50", "step-0000000060", "step-+00000007", "step-"] {
      try FileManager.default.copyItem(
        atPath: folder.file(step: 4), toPath: "\(folder.path)/\(name).safetensors")
    }
    #expect(try folder.steps() == [4])
    #expect(try folder.newest(warn: { Issue.record("\($0)") })?.position.step == 4)
    try write(steps: [5, 6], to: folder)
    #expect(try folder.steps() == [5, 6])
  }

  @Test("never counts, names or removes a user's copy of a checkpoint")
  func copies() throws {
    let folder = folder()
    try write(steps: [4], to: folder)
    let copies = ["step-mine.safetensors", "step-4.safetensors.damaged", "step-000000004.txt"]
    for name in copies {
      try FileManager.default.copyItem(
        atPath: folder.file(step: 4), toPath: "\(folder.path)/\(name)")
    }
    try folder.removeAll()
    #expect(try files.names() == copies.sorted())
    #expect(try !folder.holdsCheckpoints)
    #expect(try folder.newest(warn: { Issue.record("\($0)") }) == nil)
  }

  @Test("of a directory that is no longer the run's gets no checkpoint, and says what may be gone")
  func replaced() throws {
    let folder = CheckpointFolder(path: files.url.path(), keep: 1, isInPlace: { false })
    let error = #expect(throws: FileError.self) { try write(steps: [4], to: folder) }
    #expect(
      error?.description.contains("found the run's directory or its `.lock` replaced or removed")
        == true, "\(String(describing: error))")
    #expect(try files.names().isEmpty)
  }

  @Test("that is empty or missing has no newest checkpoint")
  func empty() throws {
    #expect(try folder().newest(warn: { Issue.record("\($0)") }) == nil)
    let missing = CheckpointFolder(path: files.path("missing"), keep: 1)
    #expect(try missing.newest(warn: { Issue.record("\($0)") }) == nil)
  }

  @Test("whose newest checkpoint is damaged names it, renames it and uses the previous one")
  func damagedNewest() throws {
    let folder = folder()
    try write(steps: [5, 6, 7], to: folder)
    try damage(7, in: folder)
    var warnings: [String] = []
    let checkpoint = try folder.newest(warn: { warnings.append($0) })
    #expect(checkpoint?.position.step == 6)
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains(folder.file(step: 7)) == true)
    #expect(warnings.first?.contains("content_sha256") == true)
    #expect(try folder.steps() == [5, 6])
    #expect(files.exists("step-000000007.safetensors.damaged"))
  }

  @Test("with only damaged checkpoints is an error, and no new run starts")
  func allDamaged() throws {
    let folder = folder()
    try write(steps: [5, 6], to: folder)
    for step in [5, 6] { try damage(step, in: folder) }
    var warnings = 0
    let error = #expect(throws: TrainerError.self) {
      try folder.newest(warn: { _ in warnings += 1 })
    }
    #expect(error?.code == .badData)
    #expect(warnings == 2)
    // Nor the next time.
    let again = #expect(throws: TrainerError.self) {
      try folder.newest(warn: { Issue.record("\($0)") })
    }
    #expect(again?.code == .badData)
    #expect(again?.description.contains("step-000000006.safetensors.damaged") == true)
    #expect(try folder.holdsCheckpoints)
    try folder.removeAll()
    #expect(try folder.newest(warn: { Issue.record("\($0)") }) == nil)
  }

  @Test(
    "with a checkpoint that cannot be read is an error, and none is renamed", arguments: [5, 6])
  func unreadable(step: Int) throws {
    let folder = folder()
    try write(steps: [5, 6], to: folder)
    try damage(6, in: folder)
    let file = folder.file(step: step)
    try FileManager.default.removeItem(atPath: file)
    // Opening it fails for root too.
    try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: file)
    let error = #expect(throws: TrainerError.self) { try folder.newest(warn: { _ in }) }
    #expect(error?.code == .inputOutput)
    #expect(error?.description.hasPrefix("\(file): cannot be read: ") == true)
    #expect(try folder.steps().contains(step))
  }

  @Test("does not accept a checkpoint under the name of another step")
  func renamed() throws {
    let folder = folder()
    try write(steps: [5, 6], to: folder)
    try FileManager.default.moveItem(atPath: folder.file(step: 6), toPath: folder.file(step: 8))
    var warnings: [String] = []
    #expect(try folder.newest(warn: { warnings.append($0) })?.position.step == 5)
    #expect(warnings.first?.contains("checkpoint of step 6") == true)
  }

  @Test("of too many epochs for the format cannot be written, and says so in the same words")
  func tooLong() throws {
    let run = try TrainingRunTests.run()
    var identity = testIdentity(run)
    identity.dataset["long"] = String(repeating: "a", count: SafetensorsFile.longestHeader)
    let path = files.path("step-000000001.safetensors")
    let checkpoint = try Checkpoint(of: run, identity: identity)
    let error = try #require(throws: TrainerError.self) { try checkpoint.write(path: path) }
    #expect(error.code == .inputOutput)
    #expect(error.description.contains("no checkpoint can be written: the figures of all epochs"))
    #expect(!files.exists("step-000000001.safetensors"))
  }

  @Test("that cannot be written gives a warning, and the next checkpoint may succeed")
  func failingWriter() throws {
    let path = files.path("later")
    let warnings = Warnings()
    let writer = CheckpointWriter(
      folder: CheckpointFolder(path: path, keep: 3), warn: { warnings.add($0) })
    let run = try TrainingRunTests.run()
    let checkpoint = try Checkpoint(of: run, identity: testIdentity(run))
    writer.write(checkpoint)
    #expect(throws: (any Error).self) { try writer.finish() }
    // The same failure at later steps is not told again at once.
    for step in 1...3 {
      try run.resume(at: RunPosition(step: step, of: run))
      writer.write(try Checkpoint(of: run, identity: testIdentity(run)))
      #expect(throws: (any Error).self) { try writer.finish() }
    }
    #expect(warnings.all.count == 1)
    #expect(warnings.all.first?.contains(path) == true)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    writer.write(checkpoint)
    try writer.finish()
    #expect(try files.names(in: "later") == ["step-000000000.safetensors"])
  }
}
