import Training

/// A YAML file with options of training: a key for each, named as on the command line.
struct ConfigurationFile {
  /// The keys that a file may have: the names of the options of training that define a run.
  static let keys: Set<String> = switches.union(names(of: "option")).subtracting(excluded)

  /// Options of one command line alone.
  private static let excluded: Set = ["config", "resume", "overwrite", "version", "help"]

  /// Options that are on or off; if off has an option of its own, it is `--no-NAME`.
  private static let switches = flags.filter { name in
    !(name.hasPrefix("no-") && flags.contains(String(name.dropFirst(3))))
  }.subtracting(excluded)
  private static let invertible = switches.filter { flags.contains("no-" + $0) }
  private static let flags = names(of: "flag")

  private static func names(of kind: String) -> Set<String> {
    Set(
      CommandPath.optionNames(of: TrainCommand.self, kind: kind).map { String($0.dropFirst(2)) })
  }

  /// The file.
  let path: String
  /// The options in the file, in its order.
  let entries: [Entry]

  /// An option in a file.
  struct Entry {
    /// The key.
    let name: String
    /// The key's line.
    let line: Int
    /// The value, as messages show it.
    let value: String
    /// The elements of a list; none of a value that is no list.
    let elements: [Element]
    /// The same on a command line; nil if no argument is needed for it.
    let argument: String?
  }

  /// An element of a list.
  struct Element {
    /// The element, as messages show it.
    let value: String
    /// Its line.
    let line: Int
  }

  /// Reads a file.
  ///
  /// - Parameter path: The file.
  /// - Throws: `TrainerError` that names the line.
  init(path: String) throws {
    self.path = path
    entries = try ConfigurationText.mapping(path: path).map { try Self.entry($0, $1, path: path) }
  }

  /// The command line with the same meaning.
  var arguments: [String] { entries.compactMap(\.argument) }

  private static func entry(_ key: YAMLNode, _ value: YAMLNode, path: String) throws -> Entry {
    let line = key.line
    let place = "\(path): line \(line)"
    guard let name = key.text else {
      throw TrainerError(.usage, "\(place): found \(text(of: key)), expected an option's name")
    }
    guard keys.contains(name) else {
      throw TrainerError(.usage, "\(place): unknown key `\(name)`\(suggestion(for: name))")
    }
    func entry(_ argument: String?, elements: [Element] = []) -> Entry {
      let list = elements.map(\.value).joined(separator: ", ")
      return Entry(
        name: name, line: line, value: elements.isEmpty ? text(of: value) : "[\(list)]",
        elements: elements, argument: argument)
    }
    if switches.contains(name) {
      guard let isOn = value.bool else {
        throw TrainerError(
          .usage, "\(place): \(name) is \(text(of: value)); it must be true or false")
      }
      return entry(isOn ? "--\(name)" : invertible.contains(name) ? "--no-\(name)" : nil)
    }
    if let list = value.elements, !list.isEmpty {
      let elements = list.map { Element(value: text(of: $0), line: $0.line) }
      let words = list.compactMap(\.text)
      if let index = list.firstIndex(where: { $0.text == nil }) {
        throw TrainerError(
          .usage,
          "\(path): line \(elements[index].line): element \(index + 1) of \(name) is "
            + "\(elements[index].value); it must be a value")
      }
      return entry("--\(name)=" + words.joined(separator: ","), elements: elements)
    }
    guard let word = value.text, !value.isNull else {
      throw TrainerError(.usage, "\(place): \(name) is \(text(of: value)); it must be a value")
    }
    return entry("--\(name)=\(word)")
  }

  private static func text(of node: YAMLNode) -> String {
    node.text.map { $0.isEmpty ? "empty" : $0 }
      ?? (node.elements == nil ? "a mapping" : "a list")
  }

  /// Names the keys that may be meant.
  private static func suggestion(for name: String) -> String {
    let names = Spelling.suggestions(for: name, among: keys.sorted())
    return names.isEmpty
      ? "; the keys are the long options of `trainer train`"
      : "; " + Spelling.question(names, mark: "`")
  }
}
