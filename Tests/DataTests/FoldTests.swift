import Files
import Testing

@testable import ImageData

@Suite("A fold of cross-validation")
struct FoldTests {
  @Test("has a text that is parsed and printed", arguments: [(1, 2), (5, 5), (7, 60_000)])
  func text(number: Int, count: Int) throws {
    let fold = try Fold("\(number)/\(count)")
    #expect(fold == Fold(number, of: count) && fold.isAllowed)
    #expect(fold.description == "\(number)/\(count)")
    #expect(try Fold("0\(fold)") == fold)
  }

  @Test(
    "with a text that is wrong is shown with a marker under the word",
    arguments: [
      ("", 0, 1, "found the end, expected the number of a fold, as in 1/5"),
      ("5", 1, 1, "found the end, expected `/` and the number of folds, as in 1/5"),
      ("0/5", 0, 1, "found `0`, expected the number of a fold, from 1 to 5"),
      ("6/5", 0, 1, "found `6`, expected the number of a fold, from 1 to 5"),
      ("1/1", 2, 1, "found `1`, expected the number of folds, at least 2"),
      ("1/0", 2, 1, "found `0`, expected the number of folds, at least 2"),
      ("a/b", 0, 1, "found `a`, expected the number of a fold, as in 1/5"),
      ("2/b3", 2, 2, "found `b3`, expected the number of folds, at least 2"),
      ("/5", 0, 1, "found `/`, expected the number of a fold, as in 1/5"),
      ("1/", 2, 1, "found the end, expected the number of folds, at least 2"),
      ("1/5/2", 2, 3, "found `5/2`, expected the number of folds, at least 2"),
      ("-1/5", 0, 2, "found `-1`, expected the number of a fold"),
      ("+1/5", 0, 2, "found `+1`, expected the number of a fold"),
      ("1/99999999999999999999", 2, 20, "found `99999999999999999999`, expected the number of"),
      ("٣/5", 0, 1, "found `٣`, expected the number of a fold"),
    ])
  func errors(text: String, indent: Int, width: Int, words: String) throws {
    let error = try #require(throws: SyntaxError.self) { try Fold(text) }
    let lines = error.marked.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 2 && lines[0] == text)
    let mark = String(repeating: " ", count: indent) + String(repeating: "^", count: width)
    #expect(lines[1].hasPrefix("\(mark) character \(indent + 1): \(words)"), "\(error.marked)")
  }

  @Test("that a program sets is held against the same limits")
  func limits() {
    for fold in [Fold(0, of: 5), Fold(6, of: 5), Fold(1, of: 1), Fold(0, of: 0), Fold(1, of: -3)] {
      #expect(!fold.isAllowed, "\(fold)")
    }
  }

  @Test("has a size for any number of samples, and sizes differ by at most one")
  func sizes() {
    for samples in 0...40 {
      for count in 2...9 {
        let sizes = (1...count).map { HeldOut.fold(Fold($0, of: count)).count(of: samples) }
        #expect(sizes.reduce(0, +) == samples)
        #expect(sizes == sizes.sorted(by: >) && sizes[0] - sizes[count - 1] <= 1)
      }
    }
    #expect(HeldOut.fold(Fold(1, of: .max)).count(of: 600) == 1)
    #expect(HeldOut.fold(Fold(.max, of: .max)).count(of: 600) == 0)
  }
}
