import Testing

@testable import Files

@Suite("The parts of a path")
struct PathTextTests {
  /// A combining mark, which makes one character of a slash and itself.
  private static let mark = "\u{301}"

  @Test(
    "are told by slashes, also before a name that starts with a combining mark",
    arguments: ["", mark])
  func parts(mark: String) {
    #expect(PathText.isAbsolute("/\(mark)a") && !PathText.isAbsolute("\(mark)a/b"))
    #expect(PathText.hasSlash("a/\(mark)b") && !PathText.hasSlash("\(mark)b"))
    #expect(PathText.names(in: "//a/\(mark)b/") == ["a", "\(mark)b"])
    #expect(PathText.folder(of: "a/\(mark)b") == "a/")
    #expect(PathText.folder(of: "/\(mark)b") == "/")
    #expect(PathText.folder(of: "\(mark)b") == "")
    #expect(PathText.joined("a", "\(mark)b") == "a/\(mark)b")
    #expect(PathText.joined("a/", "\(mark)b") == "a/\(mark)b")
  }

  @Test("end with a slash if it is that of a folder")
  func ends() {
    #expect(PathText.endsInSlash("a/") && !PathText.endsInSlash("/a") && !PathText.endsInSlash(""))
    #expect(PathText.trimmed("a//") == "a")
    #expect(PathText.trimmed("//") == "/")
    #expect(PathText.trimmed("") == "")
  }

  @Test("give the folder, the name and the target of a path with such a mark")
  func users() throws {
    #expect(PathText.parent(of: "/a/\u{301}b") == "/a")
    #expect(PathText.parent(of: "/\u{301}b/") == "/")
    #expect(PathText.parent(of: "\u{301}b") == ".")
    #expect(PathText.parent(of: "//") == "/")
    #expect(PathNames.absolute("/none/\u{301}b/./c") == "/none/\u{301}b/c")
    #expect(PathNames.absolute("/\u{301}b") == "/\u{301}b")
    #expect(PathNames.name(of: "/a/\u{301}b") == "\u{301}b")
    #expect(PathNames.target(of: "/none/\u{301}b/../c") == "/none/c")
    try LineFile.checkWritable(path: "/tmp/\u{301}none")
  }
}
