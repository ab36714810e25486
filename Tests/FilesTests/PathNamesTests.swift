import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("Absolute paths")
struct PathNamesTests {
  private let folder: TemporaryFolder
  /// The folder's path without links.
  private let root: String

  init() throws {
    folder = try TemporaryFolder()
    root = PathNames.target(of: folder.url.path(percentEncoded: false))
    try folder.write([], to: "a/b/file")
    try folder.write([], to: "other/file")
  }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder.path(name), withDestinationPath: target)
  }

  @Test("of relative paths start with the working directory")
  func relative() {
    let current = FileManager.default.currentDirectoryPath
    #expect(PathNames.absolute("x/y") == current + "/x/y")
    #expect(PathNames.absolute("./x//y/.") == current + "/x/y")
    #expect(PathNames.absolute(".") == current)
    let parent = PathNames.target(of: PathText.parent(of: current))
    #expect(PathNames.absolute("../x") == parent + "/x")
    #expect(PathNames.absolute("") == "")
    #expect(PathNames.absolute("/") == "/")
    #expect(PathNames.name(of: "/") == "/")
    #expect(PathNames.name(of: ".") == current.split(separator: "/").last.map(String.init))
  }

  @Test("keep links, except in a path with .. after a link")
  func links() throws {
    try link("way", to: "a/b")
    #expect(PathNames.absolute("\(root)/way/file") == "\(root)/way/file")
    #expect(PathNames.absolute("\(root)/way/../b/file") == "\(root)/a/b/file")
    #expect(PathNames.absolute("\(root)/way/../new") == "\(root)/a/new")
    #expect(PathNames.absolute("\(root)/none/../file") == "\(root)/none/../file")
    #expect(PathNames.name(of: "\(root)/way/..") == "a")
  }

  @Test("name the file that a link leads to, whether it exists or not")
  func targets() throws {
    try link("way", to: "a/b")
    try link("missing", to: "way/new")
    try link("twice", to: "missing")
    try link("round", to: "round")
    #expect(PathNames.target(of: "\(root)/way/file") == "\(root)/a/b/file")
    #expect(PathNames.target(of: "\(root)/missing") == "\(root)/a/b/new")
    #expect(PathNames.target(of: "\(root)/twice") == "\(root)/a/b/new")
    #expect(PathNames.target(of: "\(root)/other/../twice") == "\(root)/a/b/new")
    #expect(PathNames.target(of: "\(root)/none/x") == "\(root)/none/x")
    #expect(PathNames.target(of: "\(root)/round") == "\(root)/round")
  }

  @Test("lead into a folder also through links, and not into one whose name only begins alike")
  func within() throws {
    try link("way", to: "a/b")
    #expect(PathNames.isWithin("\(root)/way/file", "\(root)/a"))
    #expect(PathNames.isWithin("\(root)/a/none", "\(root)/way/.."))
    #expect(PathNames.isWithin("\(root)/none/x/y", "\(root)/none/x"))
    #expect(PathNames.isWithin("\(root)/none/\u{301}x", "\(root)/none"))
    #expect(PathNames.isWithin("\(root)/a", "\(root)/a/") && PathNames.isWithin("/", "/"))
    #expect(PathNames.isWithin("\(root)/a", "/"))
    #expect(!PathNames.isWithin("\(root)/a", "\(root)/a/b"))
    #expect(!PathNames.isWithin("\(root)/none2", "\(root)/none"))
  }

  @Test("of any number of folders are found soon")
  func manyFolders() {
    let missing = String(repeating: "/x", count: 100_000)
    let seconds = ThreadTime.seconds {
      let isFound = [
        PathNames.target(of: root + "/a" + missing),
        PathNames.absolute(root + "/a/b/../../a" + missing),
      ].map { $0 == root + "/a" + missing }
      #expect(isFound == [true, true])
    }
    #expect(seconds < 5)
  }

  @Test("with a NUL lead nowhere: the system would read only the part before it")
  func nul() throws {
    let path = "\(root)/other/file\0x"
    let system = LinuxFileSystem()
    let calls: [() throws -> Void] = [
      { _ = try system.open(path, O_RDONLY, mode: 0) },
      { _ = try system.status(path, followingLink: true) },
      { _ = try system.realPath(path) },
      { try system.checkAccess(path, R_OK) },
      { try system.rename(path, root + "/new") },
      { try system.rename(root + "/a/b/file", path) },
      { try system.remove(path) },
      { try system.makeFolder("\(root)/new\0x", mode: 0o777) },
      { try system.removeFolder("\(root)/a/b\0x") },
    ]
    for call in calls {
      #expect(throws: SystemError(code: EINVAL)) { try call() }
    }
    #expect(try folder.names(in: "other") == ["file"])
    #expect(!folder.exists("new"))
  }
}
