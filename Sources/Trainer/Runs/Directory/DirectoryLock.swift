import Files
import Glibc
import Machine
import Training

/// A directory that one process at a time may use; the lock ends with its process, however that ends.
final class DirectoryLock: Sendable {
  private let path: String
  private let descriptor: Int32

  /// Takes the lock.
  ///
  /// - Parameter directory: An existing directory.
  /// - Throws: ``TrainerError`` where another process has it, or there can be none.
  init(directory: String) throws {
    let path = directory + "/" + RecordedRun.lockName
    let descriptor = try OwnFile.open(path: path, access: O_RDWR)
    guard Self.lock(descriptor) else {
      let code = errno
      let owner = Self.text(descriptor)
      close(descriptor)
      guard code == EWOULDBLOCK else {
        throw FileError(path, .lock, code: code)
      }
      throw TrainerError(
        .inputOutput,
        "\(directory) is in use by another process\(owner.isEmpty ? "" : ", \(owner)")")
    }
    self.path = path
    self.descriptor = descriptor
    // For people; the lock itself is the kernel's.
    let owner = "\(getpid()) on \(MachineName.current().host)\n"
    _ = ftruncate(descriptor, 0)
    _ = owner.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  /// Waits a moment for somebody who only looks whether a run goes on.
  private static func lock(_ descriptor: Int32) -> Bool {
    for _ in 0..<10 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK || errno == EINTR else { return false }
      usleep(5000)
    }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }

  deinit {
    close(descriptor)
  }

  /// Whether the lock is still the one of the directory's path: false once the directory was moved or
  /// removed, where another process may have made one of the same name.
  var isInPlace: Bool {
    var named = stat()
    // What the system does not say is no proof that the lock is gone.
    guard stat(path, &named) == 0 else { return errno != ENOENT && errno != ENOTDIR }
    var held = stat()
    guard fstat(descriptor, &held) == 0 else { return true }
    return named.st_dev == held.st_dev && named.st_ino == held.st_ino
  }

  private static func text(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 200)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
      .split(separator: "\n").first.map(String.init) ?? ""
  }
}
