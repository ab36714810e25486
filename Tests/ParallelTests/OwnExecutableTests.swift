import Foundation
import Testing

@testable import Parallel

@Suite("The program's own file")
struct OwnExecutableTests {
  @Test("is found by its path unless it was replaced")
  func path() throws {
    let path = try #require(OwnExecutable.path)
    #expect(path == (try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")))
    #expect(OwnExecutable.pathForOthers == path)
  }
}
