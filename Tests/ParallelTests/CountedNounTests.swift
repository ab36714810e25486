import Testing

@testable import Parallel

@Suite("A number with its noun")
struct CountedNounTests {
  @Test("has an s unless there is one", arguments: [(0, "0 CPUs"), (1, "1 CPU"), (2, "2 CPUs")])
  func plural(number: Int, text: String) {
    #expect(counted(number, "CPU") == text)
  }

  @Test("has es after an s", arguments: [(0, "0 classes"), (1, "1 class"), (10, "10 classes")])
  func sibilant(number: Int, text: String) {
    #expect(counted(number, "class") == text)
  }
}
