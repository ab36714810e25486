/// The content of a disk: files and folders, and which changes of them a crash of the machine may
/// undo.
///
/// A change of a file's content is on disk when the file is synchronized, and a change of names
/// when the folder that they are in is synchronized. Before that each change may be on disk or not,
/// whatever its place in the order: this allows more states than any Linux file system has.
package struct Disk: Sendable {
  /// A change of a file's content.
  enum ContentChange: Sendable {
    case write([UInt8], at: Int)
    case truncate(to: Int)
  }

  /// Changes of names that come together or not at all; nil removes a name.
  typealias NameChange = [(name: [UInt8], node: Int?)]

  /// A file: its content, and what of that is on disk.
  struct File: Sendable {
    var content: [UInt8] = []
    var durable: [UInt8] = []
    var pending: [ContentChange] = []
  }

  /// A folder: its names, and which of them are on disk.
  struct Folder: Sendable {
    var names: [[UInt8]: Int] = [:]
    var durable: [[UInt8]: Int] = [:]
    var pending: [NameChange] = []
  }

  enum Node: Sendable {
    case file(File)
    case folder(Folder)
  }

  static let root = 0
  var nodes: [Node] = [.folder(Folder())]

  /// Creates an empty disk.
  package init() {}

  /// The content of each file by its path, and nil for each folder.
  package var tree: [String: [UInt8]?] {
    var tree: [String: [UInt8]?] = [:]
    func add(_ node: Int, _ path: String) {
      switch nodes[node] {
      case .file(let file): tree[path] = .some(file.content)
      case .folder(let folder):
        tree[path] = .some(nil)
        for (name, child) in folder.names {
          add(child, path + "/" + String(decoding: name, as: UTF8.self))
        }
      }
    }
    add(Self.root, "")
    return tree
  }

  func folder(_ node: Int) -> Folder? {
    if case .folder(let folder) = nodes[node] { folder } else { nil }
  }

  func file(_ node: Int) -> File? {
    if case .file(let file) = nodes[node] { file } else { nil }
  }

  mutating func change(_ file: Int, _ change: ContentChange) {
    guard case .file(var changed) = nodes[file] else { return }
    change.apply(to: &changed.content)
    changed.pending.append(change)
    nodes[file] = .file(changed)
  }

  mutating func change(_ folder: Int, _ change: NameChange) {
    guard case .folder(var changed) = nodes[folder] else { return }
    for (name, node) in change { changed.names[name] = node }
    changed.pending.append(change)
    nodes[folder] = .folder(changed)
  }

  mutating func synchronize(_ node: Int) {
    switch nodes[node] {
    case .file(var file):
      file.durable = file.content
      file.pending = []
      nodes[node] = .file(file)
    case .folder(var folder):
      folder.durable = folder.names
      folder.pending = []
      nodes[node] = .folder(folder)
    }
  }
}

extension Disk.ContentChange {
  /// Applies the change; a part of a file that was not written has zeros.
  func apply(to content: inout [UInt8]) {
    func grow(to size: Int) {
      content += [UInt8](repeating: 0, count: max(0, size - content.count))
    }
    switch self {
    case .write(let bytes, let offset):
      grow(to: offset + bytes.count)
      content.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    case .truncate(let size):
      grow(to: size)
      content.removeSubrange(size...)
    }
  }

  /// The change, of which a crash left only the first half.
  var half: Self {
    switch self {
    case .write(let bytes, let offset): .write(Array(bytes.prefix(bytes.count / 2)), at: offset)
    case .truncate: self
    }
  }
}
