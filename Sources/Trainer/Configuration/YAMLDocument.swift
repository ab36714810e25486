import CYAML

/// A text in YAML, read by libyaml as a tree of the text's own size: an alias is the node that it
/// names.
final class YAMLDocument {
  private var document = yaml_document_t()

  /// A fault in a text, and its line.
  struct Fault: Error {
    /// The line, from 1.
    let line: Int
    /// The problem, in libyaml's words.
    let problem: String
  }

  /// Opening brackets that a text may have: libyaml looks through all that are open at each.
  private static let bracketLimit = 1000

  private init() {}

  deinit {
    yaml_document_delete(&document)
  }

  /// Reads a text.
  ///
  /// - Parameter text: The text.
  /// - Returns: Its root; nil if the text has no content.
  /// - Throws: ``Fault``, also if there is more than one document, or a text with a NUL.
  static func root(of text: String) throws -> YAMLNode? {
    // libyaml keeps pointers to the parser in itself.
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { parser.deallocate() }
    guard yaml_parser_initialize(parser) == 1 else { throw Fault(line: 1, problem: noMemory) }
    defer { yaml_parser_delete(parser) }
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBufferPointer { bytes in
      try requireFewBrackets(bytes)
      yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
      yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      guard let root = try nextRoot(parser, bytes) else { return nil }
      if let second = try nextRoot(parser, bytes) {
        throw Fault(line: second.line, problem: "found a second document, expected one")
      }
      return root
    }
  }

  private static func requireFewBrackets(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    let signs = [UInt8(ascii: "["), UInt8(ascii: "{")]
    let brackets = bytes.indices.lazy.filter { signs.contains(bytes[$0]) }
    guard let excess = brackets.dropFirst(bracketLimit).first else { return }
    throw Fault(
      line: line(after: bytes[..<excess]),
      problem: "found more than \(bracketLimit) opening brackets")
  }

  private static func line(after bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
    bytes.count { $0 == UInt8(ascii: "\n") } + 1
  }

  private static func nextRoot(
    _ parser: UnsafeMutablePointer<yaml_parser_t>, _ bytes: UnsafeBufferPointer<UInt8>
  ) throws -> YAMLNode? {
    let next = YAMLDocument()
    guard yaml_parser_load(parser, &next.document) == 1 else {
      throw fault(parser.pointee, bytes)
    }
    guard let root = yaml_document_get_root_node(&next.document) else { return nil }
    try next.requireNoNUL()
    return YAMLNode(root.pointee, of: next)
  }

  /// Refuses a NUL, which double quotes can contain: the system reads a path only up to it.
  private func requireNoNUL() throws {
    let nodes = UnsafeBufferPointer(
      start: document.nodes.start, count: document.nodes.top - document.nodes.start)
    for node in nodes where node.type == YAML_SCALAR_NODE {
      let scalar = node.data.scalar
      guard !UnsafeBufferPointer(start: scalar.value, count: scalar.length).contains(0) else {
        throw Fault(line: node.start_mark.line + 1, problem: "found a text with a NUL character")
      }
    }
  }

  private static func fault(
    _ parser: yaml_parser_t, _ bytes: UnsafeBufferPointer<UInt8>
  ) -> Fault {
    let problem = parser.problem.map { String(cString: $0) } ?? noMemory
    if parser.error == YAML_READER_ERROR {
      return Fault(line: line(after: bytes.prefix(parser.problem_offset)), problem: problem)
    }
    let context = parser.context.map { " " + String(cString: $0) } ?? ""
    return Fault(line: parser.problem_mark.line + 1, problem: problem + context)
  }

  private static let noMemory = "the system refused the memory to read it"

  func node(_ number: Int32) -> YAMLNode? {
    yaml_document_get_node(&document, number).map { YAMLNode($0.pointee, of: self) }
  }
}
