import Foundation
import TestSupport
import Testing

@Suite("Outputs that cannot be written")
struct OutputErrorTests {
  private let folder: TemporaryFolder

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
  }

  @Test(
    "they are found before the data is read",
    arguments: ["--save", "--save-init", "--metrics"], ["none/file", "small", "file/", "/dev"])
  func unwritable(_ option: String, path: String) async throws {
    let result = try await Command.run(["--data", "none", option, path], in: folder)
    #expect(result.status == 74)
    let problems = ["cannot be written: ", "found a directory, expected a regular file"]
    #expect(
      problems.contains { result.errors.contains("trainer: error: \(path): \($0)") },
      "\(result.errors)")
    #expect(!result.errors.contains("Data set"))
  }

  @Test("the check leaves nothing behind and changes nothing")
  func untouched() async throws {
    try folder.write(Array("old".utf8), to: "old")
    let before = try Set(FileManager.default.contentsOfDirectory(atPath: folder.path("")))
    let result = try await Command.run(
      ["--data", "none", "--save", "old", "--save-init", "new", "--metrics", "newer"], in: folder)
    #expect(result.status == 66)
    let after = try FileManager.default.contentsOfDirectory(atPath: folder.path(""))
      .filter { !$0.hasPrefix("out-") && !$0.hasPrefix("err-") }
    #expect(Set(after) == before)
    #expect(try folder.text("old") == "old")
  }
}
