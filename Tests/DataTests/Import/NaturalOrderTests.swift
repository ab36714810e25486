import Testing

@testable import Importing

@Suite("The natural order of names")
struct NaturalOrderTests {
  @Test("sorts numbers by their value, and everything else by its bytes")
  func order() {
    let sorted = [
      "", "-1", "0", "00", "1", "2", "02b", "10", "10a", "99999999999999999999999", "A", "a",
      "a1b2",
      "a1b10", "a2", "a10", "b", "é",
    ]
    #expect(sorted.shuffled().sorted(by: NaturalOrder.precedes) == sorted)
  }

  @Test("is a strict order")
  func strict() {
    let names = ["a", "a1", "a01", "a001", "1", "01", "b1", "", "1a", "1b"]
    for first in names {
      #expect(!NaturalOrder.precedes(first, first))
      for second in names where first != second {
        #expect(
          NaturalOrder.precedes(first, second) != NaturalOrder.precedes(second, first),
          "\(first) and \(second)")
      }
    }
  }
}
