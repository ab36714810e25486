import CYAML

/// A part of a text in YAML.
package struct YAMLNode {
  private let node: yaml_node_t
  // What the node points to is the document's.
  private let document: YAMLDocument

  init(_ node: yaml_node_t, of document: YAMLDocument) {
    self.node = node
    self.document = document
  }

  /// The line that it starts in, from 1.
  package var line: Int { node.start_mark.line + 1 }

  /// The characters of a word or text; nil for a list or a mapping.
  package var text: String? {
    guard node.type == YAML_SCALAR_NODE else { return nil }
    let scalar = node.data.scalar
    return String(
      decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
  }

  /// Whether it stands for nothing: it is empty or `null`, without quotes.
  package var isNull: Bool {
    guard let text else { return false }
    return node.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && YAMLText.isNull(text)
  }

  /// The truth value that it stands for; nil for all else.
  package var bool: Bool? {
    switch text?.lowercased() {
    case "true", "yes", "on": true
    case "false", "no", "off": false
    default: nil
    }
  }

  /// The elements of a list; nil for all else.
  package var elements: [YAMLNode]? {
    guard node.type == YAML_SEQUENCE_NODE else { return nil }
    let items = node.data.sequence.items
    return UnsafeBufferPointer(start: items.start, count: items.top - items.start)
      .compactMap(document.node)
  }

  /// The keys and values of a mapping; nil for all else.
  package var pairs: [(key: YAMLNode, value: YAMLNode)]? {
    guard node.type == YAML_MAPPING_NODE else { return nil }
    let pairs = node.data.mapping.pairs
    return UnsafeBufferPointer(start: pairs.start, count: pairs.top - pairs.start)
      .compactMap { pair in
        guard let key = document.node(pair.key), let value = document.node(pair.value) else {
          return nil
        }
        return (key, value)
      }
  }
}
