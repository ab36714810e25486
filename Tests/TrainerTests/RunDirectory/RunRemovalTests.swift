import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Files
@testable import Runs

@Suite("A run that is removed from its directory")
struct RunRemovalTests {
  private let files: TemporaryFolder
  private var path: String { files.path("runs/one") }

  init() throws {
    files = try TemporaryFolder()
  }

  @Test("leaves the files that are not its own")
  func others() throws {
    let directory = try RunDirectory(path: path, mode: .new)
    for name in [
      "config.json", "metrics.jsonl", "model.safetensors", "checkpoints/step-000000005.safetensors",
    ] {
      try files.write([1], to: "runs/one/" + name)
    }
    try files.write([1], to: "runs/one/notes.txt")
    try directory.removeRun()
    #expect(try files.names(in: "runs/one") == [".lock", "checkpoints", "notes.txt"])
    #expect(try files.names(in: "runs/one/checkpoints").isEmpty)
  }

  @Test("can be resumed or begun again at each moment of its removal", arguments: 0...8)
  func partlyRemoved(count: Int) throws {
    let left = Mutex(Int.max)
    let system = ModeledFileSystem { _, call in
      guard call.kind == .remove else { return nil }
      return left.withLock {
        $0 -= 1
        return $0 < 0 ? .error(EIO) : nil
      }
    }
    try FileSystems.$current.withValue(system) {
      let directory = try RunDirectory(path: "/run", mode: .new)
      for name in [
        "config.json", "metrics.jsonl", "model.safetensors", "best.safetensors",
        "checkpoints/step-000000004.safetensors", "checkpoints/step-000000005.safetensors",
      ] {
        try AtomicFile.replace(path: "/run/" + name) { _ in }
      }
      left.withLock { $0 = count }
      // Six files of its own, of which two are missing, and two checkpoints.
      if count < 8 {
        #expect(throws: FileError.self) { try directory.removeRun() }
      } else {
        try directory.removeRun()
      }
      try RunDirectory.check(path: "/run", mode: .resume)
    }
  }

  @Test(
    "leaves nothing, whatever is left of it",
    arguments: [
      "metrics.jsonl", "metrics.csv", "report.html", "config.json",
    ])
  func remains(name: String) throws {
    // A record without its end.
    try files.write(Array(#"{"format": "trainer run", "#.utf8), to: "runs/one/\(name)")
    let directory = try RunDirectory(path: path, mode: .overwrite)
    try directory.removeRun()
    #expect(try files.names(in: "runs/one") == [".lock", "checkpoints"])
  }
}
