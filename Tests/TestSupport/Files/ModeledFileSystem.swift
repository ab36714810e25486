import Files
import Glibc
import Synchronization

/// A file system in memory.
///
/// It records its calls, and can make one of them fail. It has no symbolic links, and no users.
package final class ModeledFileSystem: FileSystem {
  /// A call of the file system.
  package struct Call: Sendable, CustomStringConvertible {
    /// The kinds of calls.
    package enum Kind: String, Sendable {
      case open, read, write, truncate, synchronize, lock, status, access, permissions, rename
      case remove, makeFolder, removeFolder, names, realPath
    }

    /// What is called.
    package let kind: Kind
    /// The file or folder.
    package let path: String
    /// Whether it creates a file.
    package var creates = false

    /// The kind and the path.
    package var description: String { "\(kind) \(path)" }
  }

  /// What happens in the place of a call.
  package enum Fault: Sendable, Equatable {
    /// The call fails.
    case error(Int32)
    /// The call reads or writes only half of the bytes.
    case half
  }

  /// Decides by its number, from 0, what happens to a call; nil for nothing.
  package typealias Interceptor = @Sendable (_ number: Int, _ call: Call) -> Fault?

  private struct Handle {
    let node: Int
    let path: String
    let appends: Bool
    var position = 0
  }

  private struct State {
    var disk: Disk
    var handles: [Int32: Handle] = [:]
    var nextHandle: Int32 = 1000
    var locks: [Int: (holders: Set<Int32>, shared: Bool)] = [:]
    var calls: [Call] = []
    var disks: [Disk] = []
  }

  private let state: Mutex<State>
  private let recordsDisks: Bool
  private let intercept: Interceptor

  /// Creates a file system.
  ///
  /// - Parameters:
  ///   - disk: What is on its disk.
  ///   - recordsDisks: Whether the disk is kept as it is after each call.
  ///   - intercept: Makes calls fail.
  package init(
    disk: Disk = Disk(), recordsDisks: Bool = false,
    intercept: @escaping Interceptor = { _, _ in nil }
  ) {
    state = Mutex(State(disk: disk))
    self.recordsDisks = recordsDisks
    self.intercept = intercept
  }

  /// What is on the disk now.
  package var disk: Disk { state.withLock { $0.disk } }

  /// The calls up to now.
  package var calls: [Call] { state.withLock { $0.calls } }

  /// The disk after each call up to now, if they are recorded.
  package var disks: [Disk] { state.withLock { $0.disks } }

  /// The number of files and folders that are open.
  package var openCount: Int { state.withLock { $0.handles.count } }

  /// Makes a call: records it, lets it fail, or carries it out.
  private func call<Result>(
    _ kind: Call.Kind, _ path: (borrowing State) -> String, creates: Bool = false,
    _ body: (inout State, _ isHalf: Bool) throws(SystemError) -> Result
  ) throws(SystemError) -> Result {
    try state.withLock { state throws(SystemError) in
      let call = Call(kind: kind, path: path(state), creates: creates)
      let fault = intercept(state.calls.count, call)
      state.calls.append(call)
      defer { if recordsDisks { state.disks.append(state.disk) } }
      if case .error(let code) = fault { throw SystemError(code: code) }
      return try body(&state, fault == .half)
    }
  }

  private func call<Result>(
    _ kind: Call.Kind, _ file: Int32,
    _ body: (inout State, inout Handle, _ isHalf: Bool) throws(SystemError) -> Result
  ) throws(SystemError) -> Result {
    try call(kind, { $0.handles[file]?.path ?? "closed" }) { state, isHalf throws(SystemError) in
      guard var handle = state.handles[file] else { throw SystemError(code: EBADF) }
      defer { state.handles[file] = handle }
      return try body(&state, &handle, isHalf)
    }
  }

  package func open(_ path: String, _ flags: Int32, mode: mode_t) throws(SystemError) -> Int32 {
    let creates = flags & O_CREAT != 0
    return try call(.open, { _ in path }, creates: creates) { state, _ throws(SystemError) in
      let (folder, name, found) = try state.disk.place(path)
      let node: Int
      if let found {
        guard !creates || flags & O_EXCL == 0 else { throw SystemError(code: EEXIST) }
        node = found
      } else {
        guard creates, let name else { throw SystemError(code: ENOENT) }
        node = state.disk.nodes.count
        state.disk.nodes.append(.file(Disk.File()))
        state.disk.change(folder, [(name, node)])
      }
      let isFolder = state.disk.folder(node) != nil
      guard isFolder || flags & O_DIRECTORY == 0 else { throw SystemError(code: ENOTDIR) }
      guard !isFolder || flags & O_ACCMODE == O_RDONLY else { throw SystemError(code: EISDIR) }
      if flags & O_TRUNC != 0 { state.disk.change(node, .truncate(to: 0)) }
      defer { state.nextHandle += 1 }
      state.handles[state.nextHandle] = Handle(
        node: node, path: path, appends: flags & O_APPEND != 0)
      return state.nextHandle
    }
  }

  package func close(_ file: Int32) {
    state.withLock { state in
      guard let handle = state.handles.removeValue(forKey: file) else { return }
      state.locks[handle.node]?.holders.remove(file)
    }
  }

  package func read(
    _ file: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int?
  ) throws(SystemError) -> Int {
    try call(.read, file) { state, handle, isHalf throws(SystemError) in
      guard let content = state.disk.file(handle.node)?.content else {
        throw SystemError(code: EISDIR)
      }
      let start = min(offset ?? handle.position, content.count)
      let wanted = isHalf ? max(1, buffer.count / 2) : buffer.count
      let bytes = content[start..<min(content.count, start + wanted)]
      buffer.copyBytes(from: bytes)
      if offset == nil { handle.position += bytes.count }
      return bytes.count
    }
  }

  package func write(
    _ file: Int32, _ bytes: UnsafeRawBufferPointer
  ) throws(SystemError) -> Int {
    try call(.write, file) { state, handle, isHalf throws(SystemError) in
      guard let size = state.disk.file(handle.node)?.content.count else {
        throw SystemError(code: EISDIR)
      }
      if handle.appends { handle.position = size }
      let written = Array(isHalf ? bytes.prefix(max(1, bytes.count / 2)) : bytes[...])
      state.disk.change(handle.node, .write(written, at: handle.position))
      handle.position += written.count
      return written.count
    }
  }

  package func truncate(_ file: Int32, to size: Int) throws(SystemError) {
    try call(.truncate, file) { state, handle, _ throws(SystemError) in
      state.disk.change(handle.node, .truncate(to: size))
    }
  }

  package func synchronize(_ file: Int32) throws(SystemError) {
    try call(.synchronize, file) { state, handle, _ throws(SystemError) in
      state.disk.synchronize(handle.node)
    }
  }

  package func lock(_ file: Int32, shared: Bool) throws(SystemError) {
    try call(.lock, file) { state, handle, _ throws(SystemError) in
      let held = state.locks[handle.node]
      let others = (held?.holders ?? []).subtracting([file])
      guard others.isEmpty || (shared && held?.shared == true) else {
        throw SystemError(code: EWOULDBLOCK)
      }
      state.locks[handle.node] = (others.union([file]), shared)
    }
  }

  package func status(_ file: Int32) throws(SystemError) -> FileStatus {
    try call(.status, file) { state, handle, _ throws(SystemError) in
      state.disk.status(handle.node)
    }
  }

  package func status(
    _ path: String, followingLink: Bool
  ) throws(SystemError) -> FileStatus {
    try call(.status, { _ in path }) { state, _ throws(SystemError) in
      state.disk.status(try state.disk.existing(path))
    }
  }

  package func checkAccess(_ path: String, _ mode: Int32) throws(SystemError) {
    try call(.access, { _ in path }) { state, _ throws(SystemError) in
      _ = try state.disk.existing(path)
    }
  }

  package func setPermissions(_ file: Int32, _ mode: mode_t) throws(SystemError) {
    try call(.permissions, file) { _, _, _ in }
  }

  package func setOwner(_ file: Int32, _ user: uid_t, _ group: gid_t) throws(SystemError) {
    try call(.permissions, file) { _, _, _ in }
  }

  package func rename(_ old: String, _ new: String) throws(SystemError) {
    try call(.rename, { _ in new }) { state, _ throws(SystemError) in
      let from = try state.disk.place(old)
      let to = try state.disk.place(new)
      guard let node = from.found, let oldName = from.name, let newName = to.name else {
        throw SystemError(code: ENOENT)
      }
      // The trainer never moves anything to another folder.
      guard from.folder == to.folder else { throw SystemError(code: EXDEV) }
      if let replaced = to.found, let folder = state.disk.folder(replaced) {
        guard folder.names.isEmpty else { throw SystemError(code: ENOTEMPTY) }
      }
      state.disk.change(from.folder, [(oldName, nil), (newName, node)])
    }
  }

  package func remove(_ path: String) throws(SystemError) {
    try call(.remove, { _ in path }) { state, _ throws(SystemError) in
      let (folder, name, found) = try state.disk.place(path)
      guard let found, let name else { throw SystemError(code: ENOENT) }
      guard state.disk.file(found) != nil else { throw SystemError(code: EISDIR) }
      state.disk.change(folder, [(name, nil)])
    }
  }

  package func remove(_ name: [UInt8], in folder: Int32) throws(SystemError) {
    try call(.remove, folder) { state, handle, _ throws(SystemError) in
      guard state.disk.folder(handle.node)?.names[name] != nil else {
        throw SystemError(code: ENOENT)
      }
      state.disk.change(handle.node, [(name, nil)])
    }
  }

  package func makeFolder(_ path: String, mode: mode_t) throws(SystemError) {
    try call(.makeFolder, { _ in path }) { state, _ throws(SystemError) in
      let (folder, name, found) = try state.disk.place(path)
      guard found == nil, let name else { throw SystemError(code: EEXIST) }
      state.disk.change(folder, [(name, state.disk.nodes.count)])
      state.disk.nodes.append(.folder(Disk.Folder()))
    }
  }

  package func removeFolder(_ path: String) throws(SystemError) {
    try call(.removeFolder, { _ in path }) { state, _ throws(SystemError) in
      let (folder, name, found) = try state.disk.place(path)
      guard let found, let name else { throw SystemError(code: ENOENT) }
      guard let removed = state.disk.folder(found) else { throw SystemError(code: ENOTDIR) }
      guard removed.names.isEmpty else { throw SystemError(code: ENOTEMPTY) }
      state.disk.change(folder, [(name, nil)])
    }
  }

  package func names(in folder: Int32) throws(SystemError) -> [[UInt8]] {
    try call(.names, folder) { state, handle, _ throws(SystemError) in
      guard let folder = state.disk.folder(handle.node) else { throw SystemError(code: ENOTDIR) }
      return Array(folder.names.keys)
    }
  }

  package func realPath(_ path: String) throws(SystemError) -> String {
    try call(.realPath, { _ in path }) { state, _ throws(SystemError) in
      _ = try state.disk.existing(path)
      return path
    }
  }
}
