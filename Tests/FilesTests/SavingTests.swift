import Glibc
import TestSupport
import Testing

@testable import Files

/// Every call of the file system during one save, and every state of the disk after a crash there.
@Suite("Saving a file")
struct SavingTests {
  private static let old: [UInt8] = Array("the old content".utf8)
  private static let new: [UInt8] = Array(repeating: 7, count: 5000)

  /// A disk with the old file in a folder, synchronized.
  private static func oldDisk() throws -> Disk {
    let files = ModeledFileSystem()
    try FileSystems.$current.withValue(files) {
      try files.makeFolders("/folder")
      try AtomicFile.synchronizeFolder(of: "/folder", path: "/folder")
      try AtomicFile.replace(path: "/folder/file") { try $0.write(old) }
    }
    return files.disk
  }

  private static func save(_ files: ModeledFileSystem) throws {
    try FileSystems.$current.withValue(files) {
      try AtomicFile.replace(path: "/folder/file") { output in
        try output.write(Array(new.prefix(1000)))
        try output.write(Array(new.dropFirst(1000)))
      }
    }
  }

  private static func content(_ disk: Disk) -> [UInt8]? { disk.tree["/folder/file"] ?? nil }

  @Test("leaves the old or the new content after a crash at any call, and the new one at its end")
  func crashes() throws {
    let files = ModeledFileSystem(disk: try Self.oldDisk(), recordsDisks: true)
    try Self.save(files)
    var generator = SystemRandomNumberGenerator()
    var states = 0
    for (call, disk) in zip(files.calls, files.disks) {
      for state in disk.crashStates(limit: .max, using: &generator) {
        states += 1
        let content = Self.content(state)
        #expect(content == Self.old || content == Self.new, "after \(call)")
      }
    }
    for state in files.disk.crashStates(limit: .max, using: &generator) {
      #expect(Self.content(state) == Self.new)
    }
    print("crash points of one save: \(files.calls.count) calls, \(states) states")
    #expect(files.calls.contains { $0.kind == .synchronize } && states > files.calls.count)
  }

  @Test("to new folders leaves them after a crash of the machine")
  func newFolders() throws {
    let files = ModeledFileSystem(disk: try Self.oldDisk())
    try FileSystems.$current.withValue(files) { _ = try NewFolders(path: "/folder/a/b") }
    var generator = SystemRandomNumberGenerator()
    for state in files.disk.crashStates(limit: .max, using: &generator) {
      #expect(state.tree.keys.contains("/folder/a/b"))
    }
  }

  @Test("in two steps without synchronizing is found to lose data")
  func modelFindsFaults() throws {
    let files = ModeledFileSystem(disk: try Self.oldDisk())
    try FileSystems.$current.withValue(files) {
      let file = try OpenFile("/folder/new", O_WRONLY | O_CREAT)
      try Self.new.withUnsafeBytes { try file.write($0) }
      try files.rename("/folder/new", "/folder/file")
    }
    var generator = SystemRandomNumberGenerator()
    let contents = files.disk.crashStates(limit: .max, using: &generator).map { Self.content($0) }
    #expect(contents.contains([]) && contents.contains(Self.old) && contents.contains(Self.new))
    #expect(contents.contains(Array(Self.new.prefix(2500))))
  }

  @Test("fails at any call with the file's name and the old content, or has saved it")
  func faults() throws {
    let disk = try Self.oldDisk()
    let files = ModeledFileSystem(disk: disk)
    try Self.save(files)
    for (number, call) in files.calls.enumerated() {
      for fault in [.error(EIO), .error(ENOSPC), .error(EINTR), .half] as [ModeledFileSystem.Fault]
      {
        if fault == .error(EINTR), ![.open, .write, .synchronize, .lock].contains(call.kind) {
          continue
        }
        let failing = ModeledFileSystem(disk: disk) { place, _ in place == number ? fault : nil }
        do {
          try Self.save(failing)
          #expect(Self.content(failing.disk) == Self.new, "\(fault) in \(call)")
        } catch let error as FileError {
          #expect(fault != .error(EINTR) && fault != .half, "\(fault) in \(call)")
          #expect("\(error)".hasPrefix("/folder/file: "))
          let isSaved = error.operation == .synchronizeFolder
          #expect(Self.content(failing.disk) == (isSaved ? Self.new : Self.old), "\(call)")
        }
        #expect(failing.openCount == 0)
      }
    }
  }
}
