import Testing

@testable import Fetching
@testable import ImageData

@Suite("Memory that the system refuses to a download")
struct DownloadRefusalTests {
  // Not with the address sanitizer, which ends the process: scripts/test-sanitized skips this name.
  @Test("for the parts of a file is an error, and does not end the process")
  func memory() {
    let error = dataError { _ = try allocatePart(1 << 60, of: "file") }
    #expect(error?.kind == .refused)
    #expect(error?.description.hasPrefix("file: cannot be read: ") == true)
  }

  @Test("for libcurl is told from other reasons why it cannot be loaded")
  func library() {
    for (text, isLimited, isRefused) in [
      ("libcurl.so.4: failed to map segment from shared object", true, true),
      ("libcurl.so.4: failed to map segment from shared object", false, false),
      ("libcurl.so.4: cannot create shared object descriptor: Cannot allocate memory", false, true),
      ("libcurl.so.4: Out of memory", false, true),
      ("libcurl.so.4: cannot allocate memory in static TLS block", true, false),
      ("libcurl.so.4: cannot open shared object file: No such file or directory", true, false),
    ] {
      let error = LibraryProblem(text: text).error(address: "http://h/", isLimited: isLimited)
      let kind: DataError.Kind = isRefused ? .refused : .transferFailed
      #expect(error.kind == kind, "\(text)")
      #expect(error.description.contains(text))
      #expect(error.description.contains("its package is libcurl4") == !isRefused, "\(error)")
    }
  }
}
