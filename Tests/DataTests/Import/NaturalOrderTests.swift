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
    // Composed and decomposed letters are one text, but two names.
    let names = [
      "a", "a1", "a01", "a001", "1", "01", "b1", "", "1a", "1b", "-", "-1", "a-1", "01b", "10",
      "\u{e9}", "e\u{301}", "e", "f", "\u{e9}1", "e\u{301}1", "\u{e9}10", "e\u{301}2",
    ]
    for (index, first) in names.enumerated() {
      #expect(!NaturalOrder.precedes(first, first))
      for (other, second) in names.enumerated() where index != other {
        #expect(
          NaturalOrder.precedes(first, second) != NaturalOrder.precedes(second, first),
          "\(first) and \(second)")
        for third in names
        where NaturalOrder.precedes(first, second) && NaturalOrder.precedes(second, third) {
          #expect(NaturalOrder.precedes(first, third), "\(first), \(second) and \(third)")
        }
      }
    }
  }
}
