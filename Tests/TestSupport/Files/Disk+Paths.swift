import Files
import Glibc

extension Disk {
  /// Where a path leads: the folder that its last name is in, and the file or folder of that name
  /// if there is one.
  ///
  /// - Throws: `ENOENT` or `ENOTDIR` if the folder does not exist.
  func place(
    _ path: String
  ) throws(SystemError) -> (folder: Int, name: [UInt8]?, found: Int?) {
    let names = path.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }.filter {
      $0 != Array(".".utf8)
    }
    guard let last = names.last else { return (Self.root, nil, Self.root) }
    var node = Self.root
    for name in names.dropLast() {
      guard let folder = folder(node) else { throw SystemError(code: ENOTDIR) }
      guard let next = folder.names[name] else { throw SystemError(code: ENOENT) }
      node = next
    }
    guard let folder = folder(node) else { throw SystemError(code: ENOTDIR) }
    return (node, last, folder.names[last])
  }

  func existing(_ path: String) throws(SystemError) -> Int {
    guard let found = try place(path).found else { throw SystemError(code: ENOENT) }
    return found
  }

  func status(_ node: Int) -> FileStatus {
    FileStatus(
      kind: folder(node) == nil ? .regular : .folder, size: file(node)?.content.count ?? 0,
      permissions: 0o644, identity: .init(device: 1, number: UInt(node)))
  }
}
