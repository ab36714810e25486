import TestSupport
import Testing

@testable import Files

@Suite("The natural order of names")
struct NaturalOrderTests {
  @Test("sorts numbers by their value, and everything else by its bytes")
  func order() {
    let sorted = [
      "", "-1", "0", "00", "0.0005", "0.001", "0.01", "0.01x", "0.1", "1", "1.0", "1.", "1.25",
      "1.5", "1.50", "2", "02b", "10", "10a", "99999999999999999999999", "A", "a", "a1b2", "a1b10",
      "a2", "a10", "b", "é",
    ]
    #expect(sorted.shuffled().sorted(by: NaturalOrder.decimals.precedes) == sorted)
  }

  @Test("of whole numbers takes digits after a point for a number of their own")
  func wholeNumbers() {
    let sorted = ["0.1", "0.5", "0.25", "1", "7.1.png", "7.2.png", "7.10.png", "v1.9", "v1.10"]
    #expect(sorted.shuffled().sorted(by: NaturalOrder.wholeNumbers.precedes) == sorted)
  }

  @Test("takes each part of a version or a date for a number")
  func parts() {
    let sorted = ["1.9.0", "1.9.1", "1.10.0", "1.9", "2026.9.30", "2026.11.4", "2026.11.30"]
    #expect(sorted.shuffled().sorted(by: NaturalOrder.decimals.precedes) == sorted)
  }

  @Test("is a strict total order of random names", arguments: 1...20)
  func total(seed: Int) {
    let order = seed.isMultiple(of: 2) ? NaturalOrder.decimals : NaturalOrder.wholeNumbers
    var generator = SeededGenerator(seed: UInt64(seed))
    let pieces = ["0", "00", "1", "2", "10", ".", ".", "5", "-", "e", "/"]
    let names = Set(
      (0..<150).map { _ in
        (0..<Int.random(in: 0...7, using: &generator)).map { _ in
          pieces.randomElement(using: &generator) ?? ""
        }.joined()
      }
    ).sorted()
    let precedes = names.map { first in names.map { order.precedes(first, $0) } }
    var problems: [String] = []
    for i in names.indices {
      for j in names.indices {
        if precedes[i][j] == precedes[j][i], i != j || precedes[i][j] {
          problems.append("'\(names[i])' and '\(names[j])'")
        }
        guard precedes[i][j] else { continue }
        for k in names.indices where precedes[j][k] && !precedes[i][k] {
          problems.append("'\(names[i])', '\(names[j])' and '\(names[k])'")
        }
      }
    }
    #expect(problems.isEmpty)
  }

  @Test("is a strict order")
  func strict() {
    let order = NaturalOrder.decimals
    // Composed and decomposed letters are one text, but two names.
    let names = [
      "a", "a1", "a01", "a001", "1", "01", "b1", "", "1a", "1b", "-", "-1", "a-1", "01b", "10",
      "\u{e9}", "e\u{301}", "e", "f", "\u{e9}1", "e\u{301}1", "\u{e9}10", "e\u{301}2",
    ]
    for (index, first) in names.enumerated() {
      #expect(!order.precedes(first, first))
      for (other, second) in names.enumerated() where index != other {
        #expect(
          order.precedes(first, second) != order.precedes(second, first),
          "\(first) and \(second)")
        for third in names
        where order.precedes(first, second) && order.precedes(second, third) {
          #expect(order.precedes(first, third), "\(first), \(second) and \(third)")
        }
      }
    }
  }
}
