import Files
import Training

/// The text of a configuration file, which may be anyone's, as a tree of bounded size.
package enum ConfigurationText {
  /// Bytes that no configuration needs: a list of the most layers has a tenth of it.
  private static let sizeLimit = 1 << 16

  /// Reads a file.
  ///
  /// - Parameter path: The file; it may be a pipe.
  /// - Returns: Its keys, each once, and their values; none if it is empty.
  /// - Throws: `TrainerError` that names the place; `FileError` if the file cannot be read.
  package static func mapping(path: String) throws -> [(key: YAMLNode, value: YAMLNode)] {
    let text = try text(path: path)
    try requireNoAlias(in: text, path: path)
    let root: YAMLNode?
    do {
      root = try YAMLDocument.root(of: text)
    } catch let fault as YAMLDocument.Fault {
      throw TrainerError(.usage, "\(path): line \(fault.line): \(fault.problem)")
    }
    // An empty file says nothing.
    guard let root, !root.isNull else { return [] }
    guard let mapping = root.pairs else {
      throw TrainerError(
        .usage, "\(path): found no options, expected lines such as `batch-size: 512`")
    }
    var names: Set<String> = []
    for key in mapping.map(\.key) {
      guard let name = key.text, !names.insert(name).inserted else { continue }
      throw TrainerError(
        .usage, "\(path): line \(key.line): found `\(name)` again, expected each option once")
    }
    return mapping
  }

  /// Refuses a text with an anchor and an alias of its name: a few lines of aliases stand for a
  /// tree that takes hours to be compared with another key.
  ///
  /// Quotes and comments are not distinguished: no option's value has both.
  private static func requireNoAlias(in text: String, path: String) throws {
    var anchors: Set<[UInt8]> = []
    var aliases: [(name: [UInt8], line: Int)] = []
    var line = 1
    let bytes = Array(text.utf8)
    for (index, byte) in bytes.enumerated() {
      var name: [UInt8] { Array(bytes[(index + 1)...].prefix { isNamePart($0) }) }
      switch byte {
      case UInt8(ascii: "\n"): line += 1
      case UInt8(ascii: "&"): anchors.insert(name)
      case UInt8(ascii: "*"): aliases.append((name, line))
      default: break
      }
    }
    let first = aliases.first { !$0.name.isEmpty && anchors.contains($0.name) }
    guard let first else { return }
    let word = String(decoding: first.name, as: UTF8.self)
    throw TrainerError(
      .usage,
      "\(path): line \(first.line): found the alias `*\(word)`, expected each value to be written "
        + "out")
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static func text(path: String) throws -> String {
    let bytes = try bytes(path: path)
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let utf16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    let found = utf16 ? "UTF-16" : "bytes that are not UTF-8"
    throw TrainerError(
      .usage,
      "\(path): line \(lineOfFirstFault(in: bytes)): found \(found), expected text in UTF-8")
  }

  private static func lineOfFirstFault(in bytes: [UInt8]) -> Int {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var line = 1
    while case .valid(let unit) = parser.parseScalar(from: &iterator) {
      if Unicode.UTF8.decode(unit) == "\n" { line += 1 }
    }
    return line
  }

  private static func bytes(path: String) throws -> [UInt8] {
    let file = try InputFile(path: path, allowsPipes: true)
    do throws(FileError) {
      return try file.contents(limit: sizeLimit)
    } catch {
      guard case .unexpected = error.reason else { throw error }
      throw TrainerError(
        .usage, "\(path): found more than \(sizeLimit) bytes, expected options of training")
    }
  }
}
