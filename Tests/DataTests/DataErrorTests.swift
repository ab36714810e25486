import Files
import Glibc
import ImageData
import Testing

@Suite("Errors in data")
struct DataErrorTests {
  @Test("a limit of the process is a refusal, and is named", arguments: [EMFILE, ENFILE, ENOMEM])
  func refused(code: Int32) {
    let failure = FileError("a/b", .write, code: code)
    for error in [
      DataError(failure), DataError(writing: failure),
      DataError.system(.unreadable, cannot: "be written", "a/b", code: code),
    ] {
      #expect(error.kind == .refused)
      #expect(error.description.hasPrefix("\(failure) ("), "\(error)")
    }
  }

  @Test("other failures of the system keep their kinds and words")
  func others() {
    let failure = FileError("a/b", .read, code: EIO)
    #expect(DataError(failure) == DataError(.unreadable, "\(failure)"))
    #expect(DataError(writing: failure) == DataError(.unwritable, "\(failure)"))
    #expect(DataError(FileError("a/b", .read, code: ENOENT)).kind == .notFound)
  }
}
