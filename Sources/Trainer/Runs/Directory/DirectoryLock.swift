import Files
import Glibc
import Machine
import Training

/// The lock of a run directory, which one process at a time may hold.
///
/// The kernel releases it when the process ends, for whatever reason.
final class DirectoryLock: Sendable {
  private let path: String
  private let descriptor: Int32

  /// Takes the lock.
  ///
  /// - Parameter directory: An existing directory.
  /// - Throws: ``TrainerError`` if another process holds the lock; ``FileError`` if the lock file
  ///   cannot be opened or locked.
  init(directory: String) throws {
    let path = directory + "/" + RecordedRun.lockName
    let descriptor = try OwnFile.open(path: path, access: O_RDWR)
    guard Self.lock(descriptor) else {
      let code = errno
      let owner = Self.ownerText(descriptor)
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
    // Only for messages: the lock itself is held by the kernel.
    let owner = "\(getpid()) on \(MachineName.current().host)\n"
    _ = ftruncate(descriptor, 0)
    _ = owner.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  /// Retries for up to 50 ms, since a process that lists runs takes the lock for a moment.
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

  /// Whether the directory's path still leads to the locked file.
  ///
  /// False once the directory was moved or removed; another process may have created a new one with
  /// the same name.
  var isInPlace: Bool {
    var named = stat()
    // Other errors do not prove that the file is gone.
    guard stat(path, &named) == 0 else { return errno != ENOENT && errno != ENOTDIR }
    var held = stat()
    guard fstat(descriptor, &held) == 0 else { return true }
    return named.st_dev == held.st_dev && named.st_ino == held.st_ino
  }

  /// The first line of the lock file, which names its owner; empty if there is none.
  private static func ownerText(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 200)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
      .split(separator: "\n").first.map(String.init) ?? ""
  }
}
