import Foundation
import TestSupport
import Testing

@testable import Model

@Suite("Files replaced in one piece")
struct AtomicFileTests {
  private struct Stop: Error {}

  @Test("a write that fails leaves the old file as it was, and nothing beside it")
  func failure() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("file")
    try AtomicFile.replace(path: path) { try $0.write([1, 2, 3]) }
    #expect(throws: Stop.self) {
      try AtomicFile.replace(path: path) { output in
        try output.write([4])
        #expect(try folder.names().count == 2)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([1, 2, 3]))
        throw Stop()
      }
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == Data([1, 2, 3]))
    #expect(try folder.names() == ["file"])
  }

  @Test("tensors that no file can hold are refused before anything is written")
  func invalidTensors() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("file")
    let one = SafetensorsTensor(name: "a", shape: [1], floats: [1])
    let reserved = SafetensorsTensor(name: "__metadata__", shape: [1], floats: [1])
    let uneven = SafetensorsTensor(name: "a", shape: [2], floats: [1])
    let uncountable = SafetensorsTensor(name: "a", shape: [.max, 2], floats: [1])
    let negative = SafetensorsTensor(name: "a", shape: [-1, -1], floats: [1])
    for tensors in [[one, one], [reserved], [uneven], [uncountable], [negative]] {
      let error = #expect(throws: WeightsError.self) {
        try SafetensorsFile.write(path: path, tensors: tensors)
      }
      #expect(error?.kind == .invalid)
    }
    #expect(try folder.names().isEmpty)
  }

  @Test("where a file cannot be written, the check says so as the write would")
  func unwritable() throws {
    let folder = try TemporaryFolder()
    #expect(FileManager.default.createFile(atPath: folder.path("plain"), contents: nil))
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    let cases = [
      ("", "No such file or directory"), (folder.path("none/file"), "No such file or directory"),
      (folder.path("none/"), "No such file or directory"),
      (folder.path("plain/file"), "Not a directory"), (folder.path(""), "a directory"),
      (folder.path("pipe"), "a named pipe"), ("/dev/null", "a device"),
      (folder.path(String(repeating: "n", count: 256)), "File name too long"),
    ]
    for (path, found) in cases {
      let expected = WeightsError(
        .unwritable, file: path, found: found, expected: "a file that can be written")
      #expect(throws: expected) { try SafetensorsFile.checkWritable(path: path) }
      #expect(throws: expected) { try SafetensorsFile.write(path: path, tensors: []) }
    }
    #expect(try folder.names() == ["pipe", "plain"])
  }

  @Test("the check changes nothing")
  func checkIsHarmless() throws {
    let folder = try TemporaryFolder()
    try SafetensorsFile.checkWritable(path: folder.path("new"))
    #expect(try folder.names().isEmpty)
    try Data([9]).write(to: URL(filePath: folder.path("old")))
    try SafetensorsFile.checkWritable(path: folder.path("old"))
    #expect(try folder.names() == ["old"])
    #expect(try Data(contentsOf: URL(filePath: folder.path("old"))) == Data([9]))
  }

  @Test("a symbolic link in a locked directory is refused, and its target stays")
  func foreignLink() throws {
    let folder = try TemporaryFolder()
    try Data([1]).write(to: URL(filePath: folder.path("target")))
    for target in ["target", "missing"] {
      let link = folder.path("link to \(target)")
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
      let error = #expect(throws: WeightsError.self) {
        try AtomicFile.replace(path: link, in: .lockedDirectory) { try $0.write([2]) }
      }
      #expect(error?.found == "a symbolic link")
    }
    #expect(try Data(contentsOf: URL(filePath: folder.path("target"))) == Data([1]))
    #expect(try folder.names().count == 3)
  }

  @Test("a symbolic link stays, and its target is replaced")
  func link() throws {
    let folder = try TemporaryFolder()
    try Data([1]).write(to: URL(filePath: folder.path("target")))
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: "target")
    try AtomicFile.replace(path: folder.path("link")) { try $0.write([2]) }
    #expect(try Data(contentsOf: URL(filePath: folder.path("target"))) == Data([2]))
    let destination = try FileManager.default.destinationOfSymbolicLink(
      atPath: folder.path("link"))
    #expect(destination == "target")
  }
}
