import Files
import Testing

@testable import ImageData

@Suite("The text of an augmentation")
struct AugmentationTests {
  private static let all =
    "rotate 15, scale 0.15, shift 2, shear 10, erase 0.25, elastic 34/4, flip"

  @Test("is parsed to its numbers")
  func parsed() throws {
    let augmentation = try Augmentation(Self.all)
    var expected = Augmentation()
    expected.rotation = 15
    expected.scaling = 0.15
    expected.shift = 2
    expected.shear = 10
    expected.erasing = 0.25
    expected.elastic = .init(alpha: 34, sigma: 4)
    expected.flips = true
    #expect(augmentation == expected)
    #expect(augmentation.isAllowed && !augmentation.isNone)
  }

  @Test(
    "is printed in one order, without transforms that change nothing",
    arguments: [
      (all, all), ("FLIP ,\telastic 34.0 / 4,Rotate 1.50e1", "rotate 15, elastic 34/4, flip"),
      ("rotate 0, flip, scale -0", "flip"), ("rotate 0", "none"), ("None", "none"),
      ("elastic 0/4", "none"), ("shift 0.1", "shift 0.1"), ("rotate 180", "rotate 180"),
    ])
  func printed(text: String, canonical: String) throws {
    let augmentation = try Augmentation(text)
    #expect(augmentation.description == canonical)
    #expect(try Augmentation(canonical) == augmentation)
    #expect(augmentation.isNone == (canonical == "none"))
  }

  @Test(
    "that is wrong is shown with a marker under the word",
    arguments: [
      ("", 0, 1, "found the end, expected a transform: rotate DEGREES, scale SHARE"),
      ("rotate", 6, 1, "found the end, expected the DEGREES of rotate, from 0 to 180"),
      ("rotate 15 flip", 10, 4, "found `flip`, expected `,` or the end"),
      ("rotate 180.5", 7, 5, "found `180.5`, expected the DEGREES of rotate, from 0 to 180"),
      ("rotate nan", 7, 3, "found `nan`, expected the DEGREES of rotate"),
      ("scale 1", 6, 1, "found `1`, expected the SHARE of scale, at least 0 and less than 1"),
      ("shift 1025", 6, 4, "found `1025`, expected the PIXELS of shift, from 0 to 1024"),
      ("shear 90", 6, 2, "found `90`, expected the DEGREES of shear, at least 0 and less than 90"),
      ("erase -0.1", 6, 4, "found `-0.1`, expected the P of erase, from 0 to 1"),
      ("elastic 34", 10, 1, "found the end, expected `/` and the SIGMA of elastic ALPHA/SIGMA"),
      ("elastic 34/0", 11, 1, "found `0`, expected the SIGMA of elastic, from 0.1 to 100"),
      ("elastic x/4", 8, 1, "found `x`, expected the ALPHA of elastic, from 0 to 10000"),
      ("flip, Flop", 6, 4, "found `flop`, expected a transform"),
      ("flip,", 5, 1, "found the end, expected a transform"),
      ("shift 1, flip, shift 2", 15, 5, "found `shift`, expected each transform once"),
      ("flip, none", 6, 4, "found `none`, expected a transform"),
    ])
  func errors(text: String, indent: Int, width: Int, words: String) throws {
    let error = try #require(throws: SyntaxError.self) { try Augmentation(text) }
    let lines = error.marked.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 2 && lines[0] == text)
    let mark = String(repeating: " ", count: indent) + String(repeating: "^", count: width)
    #expect(lines[1].hasPrefix("\(mark) character \(indent + 1): \(words)"), "\(error.marked)")
  }

  @Test("A shift beyond the images is a problem of their size")
  func shiftBeyondImage() throws {
    let augmentation = try Augmentation("shift 29")
    #expect(augmentation.problem(for: ImageSize(rows: 28, columns: 29)) == nil)
    #expect(
      augmentation.problem(for: ImageSize(rows: 28, columns: 28))
        == "has shift 29; it must be at most 28, the larger side of the images")
  }

  @Test("Numbers that a program sets are held against the same limits")
  func limits() {
    var augmentation = Augmentation()
    #expect(augmentation.isAllowed)
    augmentation.scaling = 1
    #expect(!augmentation.isAllowed)
    augmentation.scaling = .nan
    #expect(!augmentation.isAllowed)
    augmentation.scaling = 0.5
    augmentation.elastic = .init(alpha: 1, sigma: 0)
    #expect(!augmentation.isAllowed)
    for keyword in ["rotate", "scale", "shift", "shear", "erase", "elastic"] {
      #expect(Augmentation.limits.contains("\(keyword) "))
    }
  }
}
