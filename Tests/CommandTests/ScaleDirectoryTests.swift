import Foundation
import TestSupport
import Testing

@Suite("The directory of trainer scale")
struct ScaleDirectoryTests {
  private let folder: TemporaryFolder
  private let data: String

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  private func scale(_ options: String...) async throws -> CommandResult {
    try await Command.run(
      [
        "scale", "--data", data, "--hidden", "16", "--batch-size", "40", "--steps", "2",
        "--repeats", "1",
      ] + options, in: folder)
  }

  @Test("replaces no experiment unless requested, and refuses before measuring")
  func overwrite() async throws {
    #expect(try await scale("--threads", "1", "--output", "out").status == 0)
    let before = try folder.text("out/scaling.json")
    let refused = try await scale("--threads", "1", "--output", "out")
    #expect(refused.status == 64)
    #expect(refused.errors.contains("out/scaling.json exists"))
    #expect(try folder.text("out/scaling.json") == before)
    let replaced = try await scale("--threads", "1", "--output", "out/", "--overwrite")
    #expect(replaced.status == 0)
    #expect(replaced.errors.contains("results: out/scaling.html\n"), "\(replaced.errors)")
    #expect(try folder.text("out/scaling.json") != before)
  }

  @Test("replaces no file of others unless requested", arguments: ["csv", "html", "json"])
  func otherFile(end: String) async throws {
    try folder.write([1], to: "out/scaling.\(end)")
    let refused = try await scale("--threads", "1", "--output", "out")
    #expect(refused.status == 64)
    #expect(refused.errors.contains("out/scaling.\(end) exists"), "\(refused.errors)")
    #expect(try folder.names(in: "out") == ["scaling.\(end)"])
    #expect(try folder.bytes("out/scaling.\(end)") == [1])
  }

  @Test("leaves no directory if its data cannot be read", arguments: [true, false])
  func noDirectory(isMissing: Bool) async throws {
    var damaged = SmallDataset()
    damaged.files[SmallDataset.trainingLabels]?.removeLast()
    try damaged.write(to: "damaged", in: folder)
    let result = try await Command.run(
      [
        "scale", "--threads", "1", "--output", "made/out", "--data",
        isMissing ? "missing" : "damaged",
      ], in: folder)
    #expect(result.status == (isMissing ? 66 : 65), "\(result.errors)")
    #expect(!folder.exists("made"))
  }

  @Test("writes through no link in its directory", arguments: ["csv", "html", "json"])
  func link(end: String) async throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder.path("out"), withIntermediateDirectories: false)
    try Data([1]).write(to: URL(filePath: folder.path("target")))
    try manager.createSymbolicLink(
      atPath: folder.path("out/scaling.\(end)"), withDestinationPath: "../target")
    let result = try await scale("--threads", "1", "--output", "out", "--overwrite")
    #expect(result.status == 74 && result.errors.contains("out/scaling.\(end)"), "\(result.errors)")
    #expect(try folder.bytes("target") == [1])
  }
}
