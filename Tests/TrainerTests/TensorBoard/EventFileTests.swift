import Files
import Foundation
import Glibc
import TestSupport
import Testing

@testable import TensorBoard
@testable import Training

@Suite("A TensorBoard event file")
struct EventFileTests {
  private static func events(of file: EventFile) throws -> [Event] {
    try EventRecords.events(of: [UInt8](Data(contentsOf: URL(filePath: file.path))))
  }

  @Test("starts with the format's version, and has each event whole as soon as it is written")
  func content() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(directory: folder.path("made/of/itself"), wallTime: 1000.5)
    var events = try Self.events(of: file)
    #expect(events.map(\.fileVersion) == ["brain.Event:2"])
    #expect(events.first?.wallTime == 1000.5)

    try file.sessionStart(step: 7, wallTime: 1001)
    try file.scalars([("loss/train", 0.25), ("odd", .nan)], step: 8, wallTime: 1002.25)
    events = try Self.events(of: file)
    #expect(events.map(\.step) == [0, 7, 8])
    #expect(events.map(\.wallTime) == [1000.5, 1001, 1002.25])
    #expect(events[1].content == .sessionStart)
    let values = events[2].values
    #expect(values.map(\.tag) == ["loss/train", "odd"])
    #expect(values[0].scalar == 0.25)
    #expect(values[1].scalar?.isNaN == true)

    try file.histograms([("a", [1, 2]), ("b", [3, .nan])], step: 1 << 40, wallTime: 1003)
    let last = try #require(try Self.events(of: file).last)
    #expect(last.step == 1 << 40)
    #expect(last.values.map(\.tag) == ["a", "b", "non_finite/b"])
    #expect(last.values.map(\.histogram?.count) == [2, 1, nil])
    #expect(last.values[2].scalar == 1)
  }

  @Test("is named so that its name comes after those of older files, whatever the clock says")
  func names() throws {
    let folder = try TemporaryFolder()
    let directory = folder.path("events")
    var paths: [String] = []
    for wallTime in [
      2_000_000_000, 2_000_000_000, 5, 2_000_000_010, 1e10, 1e10, .infinity, 5,
    ] as [Double] {
      let file = try EventFile(directory: directory, wallTime: wallTime)
      paths.append(file.path)
    }
    #expect(paths.sorted() == paths)
    #expect(Set(paths).count == 8)
    #expect(paths[0].contains("/events.out.tfevents.2000000000."))
    #expect(paths[3].contains("/events.out.tfevents.2000000010."))
    #expect(try folder.names(in: "events").count == 8)
  }

  @Test(
    "takes a clock that says anything",
    arguments: [
      (-1e300, "0000000000"), (-1, "0000000000"), (9.3e18, "8999999999"), (1e300, "8999999999"),
      (.infinity, "8999999999"), (.nan, "0000000000"),
    ] as [(Double, String)])
  func madClock(wallTime: Double, digits: String) throws {
    let folder = try TemporaryFolder()
    for _ in 0..<2 {
      let file = try EventFile(directory: folder.url.path(), wallTime: wallTime)
      try file.scalars([("loss", 1)], step: 1, wallTime: wallTime)
      #expect(try Self.events(of: file).count == 2)
    }
    let names = try folder.names()
    #expect(names.count == 2 && names[0].contains(".tfevents.\(digits)."), "\(names)")
  }

  @Test("is put on disk when it is asked to, with an error where that fails")
  func synchronized() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(directory: folder.path("events"), wallTime: 3)
    try file.synchronize()
    try FileManager.default.removeItem(atPath: folder.path("events"))
    let error = #expect(throws: FileError.self) { try file.synchronize() }
    #expect(error == FileError(file.path, .write, code: ENOENT))
  }

  @Test("names of other files do not matter")
  func otherNames() throws {
    let folder = try TemporaryFolder()
    let others = [
      "notes", "events.out.tfevents.9999999999999.x", "events.out.tfevents.abcdefghij.x",
    ]
    for name in others { try folder.write([], to: name) }
    let file = try EventFile(directory: folder.url.path(), wallTime: 12)
    #expect(file.path.contains("/events.out.tfevents.0000000012."))
  }

  @Test("where it cannot be made, the check says so as making it would, and changes nothing")
  func unwritable() throws {
    let folder = try TemporaryFolder()
    try folder.write([], to: "plain")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("dangling"), withDestinationPath: "nothing")
    let cases = [
      ("", "No such file or directory"), (folder.path("plain"), "Not a directory"),
      (folder.path("plain/events"), "Not a directory"),
      (folder.path("dangling"), "No such file or directory"),
      (folder.path("dangling/events"), "No such file or directory"),
      (folder.path(String(repeating: "n", count: 256)), "File name too long"),
    ]
    for (directory, found) in cases {
      let checked = #expect(throws: FileError.self) {
        try EventFile.checkWritable(directory: directory)
      }
      let made = #expect(throws: FileError.self) { try EventFile(directory: directory) }
      for error in [checked, made] {
        #expect(error.map { TrainerError($0).code } == .inputOutput)
        #expect(error?.description == "\(directory): cannot be written: \(found)")
      }
    }
    #expect(try folder.names() == ["dangling", "plain"])
  }

  @Test(
    "where a limit of the process is the reason that it cannot be made, the error has that code",
    arguments: [ENOMEM, EMFILE, ENFILE], [ModeledFileSystem.Call.Kind.status, .open, .makeFolder])
  func refused(error: Int32, kind: ModeledFileSystem.Call.Kind) throws {
    let system = ModeledFileSystem { _, call in call.kind == kind ? .error(error) : nil }
    try FileSystems.$current.withValue(system) {
      let made = try #require(throws: FileError.self) { try EventFile(directory: "/events") }
      #expect(TrainerError(made).code == .refused, "\(made)")
    }
  }

  @Test("that cannot be begun leaves neither itself nor its new directories")
  func nothingLeft() throws {
    let system = ModeledFileSystem { _, call in call.kind == .write ? .error(ENOSPC) : nil }
    FileSystems.$current.withValue(system) {
      let error = #expect(throws: FileError.self) { try EventFile(directory: "/one/events") }
      #expect(error?.reason == .system(ENOSPC))
      // The root.
      #expect(Array(system.disk.tree.keys) == [""])
    }
  }

  @Test("has no slash and no control character of the machine's name in its own")
  func hostName() {
    #expect(EventDirectory.part(of: "node-1.example") == "node-1.example")
    #expect(EventDirectory.part(of: "a/b\nc") == "a_b_c")
  }

  @Test("the check makes nothing where a file could be made")
  func harmlessCheck() throws {
    let folder = try TemporaryFolder()
    try EventFile.checkWritable(directory: folder.path("one/two"))
    try EventFile.checkWritable(directory: folder.url.path())
    #expect(try folder.names().isEmpty)
  }
}
