import Files
import Testing

@testable import Model

@Suite("An error in a model's text")
struct ModelTextErrorTests {
  private static func marked(_ text: String) -> [String] {
    let error = #expect(throws: SyntaxError.self) { try ModelDescription(text) }
    return error?.marked.split(separator: "\n").map(String.init) ?? []
  }

  @Test("is shown below the text, with a marker under the word")
  func marker() {
    let lines = Self.marked("dense 32 bn Rellu, dense 5")
    #expect(lines.count == 2)
    #expect(lines[0] == "dense 32 bn Rellu, dense 5")
    #expect(lines[1].hasPrefix("            ^^^^^ character 13: found `rellu`, expected `,`"))
  }

  @Test("marks the wrong part of a word, and the place after the end")
  func places() {
    #expect(Self.marked("conv 32x999999 bn")[1].hasPrefix("        ^^^^^^ character 9: found"))
    #expect(Self.marked("dense")[1].hasPrefix("     ^ character 6: found the end, expected"))
    #expect(Self.marked("dense 5,\tdence\n6")[0] == "dense 5, dence 6")
    #expect(Self.marked("dense 5,\u{1B}[1m")[0] == "dense 5,\u{FFFD}[1m")
  }

  @Test("of a long text is shown with the part around it", arguments: [0, 5, 40, 75, 79])
  func longText(place: Int) throws {
    var layers = Array(repeating: "dense 64", count: 80)
    layers[place] = "dense mistake"
    let lines = Self.marked(layers.joined(separator: ", "))
    #expect(lines[0].count <= 88)
    let marker = try #require(lines[1].firstIndex(of: "^"))
    let indent = lines[1].distance(from: lines[1].startIndex, to: marker)
    #expect(lines[0].dropFirst(indent).hasPrefix("mistake"))
    #expect(lines[1].dropFirst(indent).hasPrefix("^^^^^^^ character"))
    #expect(lines[0].hasPrefix("... ") == (place > 3))
    #expect(lines[0].hasSuffix(" ...") == (place < 75))
  }

  @Test("of a word longer than a line has a marker that fits")
  func longWord() throws {
    let lines = Self.marked("dense " + String(repeating: "9", count: 500))
    #expect(lines[0].count <= 88)
    #expect(lines[1].prefix { $0 == " " || $0 == "^" }.count <= 88)
    let end = Self.marked("dense 5, " + String(repeating: " ", count: 300))
    #expect(end[1].prefix { $0 == " " }.count <= 90)
  }
}
