import Parallel
import Testing

@Suite("A number with what it counts")
struct CountedNounTests {
  @Test("has an s unless there is one", arguments: [(0, "0 CPUs"), (1, "1 CPU"), (2, "2 CPUs")])
  func plural(number: Int, text: String) {
    #expect(counted(number, "CPU") == text)
  }
}
