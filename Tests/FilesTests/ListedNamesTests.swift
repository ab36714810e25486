import Testing

@testable import Files

@Suite("Names in a message")
struct ListedNamesTests {
  @Test("are the first ten and the number of the others")
  func lists() {
    #expect(listed(["a"]) == "a")
    #expect(listed((1...10).map(String.init)) == "1, 2, 3, 4, 5, 6, 7, 8, 9, 10")
    #expect(listed((1...12).map(String.init)) == "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more")
    #expect(listed(["a", "b", "c"], limit: 1) == "a and 2 more")
  }
}
