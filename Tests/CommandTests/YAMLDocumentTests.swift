import TestSupport
import Testing

@testable import Configuration

@Suite("A text in YAML")
struct YAMLDocumentTests {
  @Test("is read as a tree whose nodes know their lines")
  func tree() throws {
    let root = try #require(
      try YAMLDocument.root(
        of: "# A comment\na: 1\n\nb:\n  - x y\n  - {c: d}\n'e': \"f\\u00e9\"\n"))
    let pairs = try #require(root.pairs)
    #expect(pairs.map(\.key.text) == ["a", "b", "e"])
    #expect(pairs.map(\.key.line) == [2, 4, 7])
    #expect(pairs.map(\.value.text) == ["1", nil, "fé"])
    let elements = try #require(pairs[1].value.elements)
    #expect(elements.map(\.text) == ["x y", nil])
    #expect(elements.map(\.line) == [5, 6])
    #expect(elements[1].pairs?.first?.value.text == "d")
    #expect(root.text == nil && root.elements == nil && pairs[0].value.pairs == nil)
  }

  @Test("has truth values by their words, and nothing only without quotes")
  func words() throws {
    func value(_ text: String) throws -> YAMLNode {
      try #require(try YAMLDocument.root(of: "a: \(text)")?.pairs?.first?.value)
    }
    for text in ["true", "Yes", "ON", "'true'"] { #expect(try value(text).bool == true) }
    for text in ["false", "No", "off"] { #expect(try value(text).bool == false) }
    for text in ["", "1", "y", "[true]"] { #expect(try value(text).bool == nil) }
    for text in ["", "~", "null", "NULL"] { #expect(try value(text).isNull) }
    for text in ["''", "\"null\"", "nil", "[]", "{}"] { #expect(try !value(text).isNull) }
  }

  @Test("without content has no root; with two documents it is refused")
  func documents() throws {
    for text in ["", "\n", "# Only a comment", "\u{feff}"] {
      #expect(try YAMLDocument.root(of: text) == nil)
    }
    #expect(try YAMLDocument.root(of: "---\na: 1\n...\n")?.pairs?.count == 1)
    let fault = #expect(throws: YAMLDocument.Fault.self) {
      try YAMLDocument.root(of: "a: 1\n---\nb: 1\n")
    }
    #expect(fault?.line == 3)
  }

  @Test(
    "with a fault is refused with its line",
    arguments: [
      ("a: 1\nb: [1,\n", 3), ("a: 1\n\u{1}: 2", 2), ("a: 'b", 1), ("a: 1\n\tb: 2", 2),
      ("a: *b", 1), ("%YAML 9.9\n---\na: 1", 1), ("a: !z!z 1", 1), ("a: \"\\ud800\"", 1),
      ("a: 1\nb:\n- \"x\\0\"", 3), ("\"\\x00\": 1", 1),
      ("a:\n" + String(repeating: "[", count: 1001), 2),
    ])
  func faults(text: String, line: Int) {
    let fault = #expect(throws: YAMLDocument.Fault.self) { try YAMLDocument.root(of: text) }
    #expect(fault?.line == line, "\(String(describing: fault))")
    #expect(fault?.problem.isEmpty == false)
  }

  /// Texts of the greatest size that a configuration file may have.
  private static let hostileTexts: [String] = [
    "[", "{", "- ", "? ", "{a: ", "[a: ", "&a ", "!a ", "!!str", "'", "\"", "|\n ", "- |\n", "a: ",
    "a:\n", "\"a\": ", "[],", "\"\\", "%", "%TAG ! !\n", "---\n", "*", "&a [*a,", "#", "\t", ",",
    "é: ",
  ].map { String(repeating: $0, count: 1 << 16 / $0.utf8.count) }

  @Test("of any kind ends soon", arguments: hostileTexts)
  func hostile(text: String) {
    let seconds = ThreadTime.seconds {
      if let root = try? YAMLDocument.root(of: text) { Self.visit(root) }
    }
    #expect(seconds < 2, "\(text.prefix(8))")
  }

  @Test("that is cut or changed anywhere is read, or refused with a line")
  func changed() {
    let sample = Array("a: &x [1, 'b', {c: \"d\"}]\nf: !!int 3 # g\nh: |\n  i\n? j\n: *x\n".utf8)
    for index in sample.indices {
      Self.readOrRefuse(sample[..<index])
      for byte in Array("\t\n !\"#%&'*,-:>?@[\\]`{|}~\0".utf8) {
        var bytes = sample
        bytes[index] = byte
        Self.readOrRefuse(bytes[...])
      }
    }
  }

  /// Looks at the tree of a text; an error has to name one of its lines, or the end of the text.
  private static func readOrRefuse(_ bytes: ArraySlice<UInt8>) {
    let text = String(decoding: bytes, as: UTF8.self)
    let lineCount = bytes.count { $0 == UInt8(ascii: "\n") } + 1
    do {
      if let root = try YAMLDocument.root(of: text) { visit(root) }
    } catch let fault as YAMLDocument.Fault {
      // For libyaml, the end of a text that does not end with a line break is on the next line.
      #expect((1...lineCount + 1).contains(fault.line), "\(fault), \(text)")
      #expect(!fault.problem.isEmpty, "\(text)")
    } catch {
      Issue.record("\(error), \(text)")
    }
  }

  /// Looks at a node and those in it, two levels deep: what a configuration file needs.
  private static func visit(_ node: YAMLNode, levels: Int = 2) {
    _ = (node.text, node.bool, node.isNull, node.line)
    guard levels > 0 else { return }
    let below = (node.elements ?? []) + (node.pairs ?? []).flatMap { [$0.key, $0.value] }
    for node in below { visit(node, levels: levels - 1) }
  }

  @Test(
    "is written so that it is read again as it was",
    arguments: [
      "", "~", "null", "true", "12", "-1.5", "-", "- a", "a: b", "a:", "a #b", "#", "'q'", "\"",
      "a\\b", "two\nlines", " a ", "é日\u{1f600}", "\u{7f}\u{85}\u{2028}\u{feff}\u{1}", "[a]", "{}",
      "a*b&c", "*a", "&a", "!a", "%a", "@a", "`a", "|", ">", "?", "? a", ",", "...", "---", "=",
      "/a/b.c", "64,32", "1e-08", String(repeating: "word ", count: 100),
    ])
  func written(text: String) throws {
    let line = "key: \(YAMLText.value(text))"
    #expect(!line.contains("\n"))
    let value = try YAMLDocument.root(of: "\(line)\nnext: 1\n")?.pairs?.first?.value
    #expect(value?.text == text)
    #expect(value?.isNull == false)
  }

  @Test("is written without quotes where it is a word, a number, a list or a path")
  func plain() {
    for text in [
      "sgd", "0.001", "1e-08", "-1.0", "64,32", "runs/a", "/tmp/a.b", "a*b&c", "10m",
      "dense 5 bn, residual(dense 5) relu",
    ] {
      #expect(YAMLText.value(text) == text)
    }
    for text in ["a #b", "a: b", "a ", " a", "a  b"] {
      #expect(YAMLText.value(text) == "\"\(text)\"")
    }
    #expect(YAMLText.value("a \"b\"\n") == #""a \"b\"\U0000000a""#)
  }
}
