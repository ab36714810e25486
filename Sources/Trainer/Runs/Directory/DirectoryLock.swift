import Files
import Glibc
import Machine
import Training

/// The lock of a run directory, which one process at a time may hold.
///
/// The kernel releases it when the process ends, for whatever reason.
final class DirectoryLock: Sendable {
  private let directory: String
  private let path: String
  private let file: OpenFile
  private let folder: FileStatus.Identity

  /// Takes the lock.
  ///
  /// - Parameter directory: An existing directory.
  /// - Throws: ``TrainerError`` if another process holds the lock; ``FileError`` if the lock file
  ///   cannot be opened or locked.
  init(directory: String) throws {
    let path = RunPaths(directory: directory).lock
    file = try OwnFile.open(path: path, access: O_RDWR)
    self.path = path
    self.directory = directory
    folder = try FileError.wrapping(directory, .lock) { () throws(SystemError) in
      try FileSystems.current.status(directory, followingLink: true).identity
    }
    // A process that lists runs takes the lock for a moment.
    let isLocked = try FileError.wrapping(path, .lock) { () throws(SystemError) in
      try file.lockPatiently()
    }
    guard isLocked else {
      let owner = Self.ownerText(file)
      throw TrainerError(
        .inputOutput,
        "\(directory) is in use by another process\(owner.isEmpty ? "" : ", \(owner)")")
    }
    // Only for messages: the lock itself is held by the kernel.
    let owner = Array("\(getpid()) on \(MachineName.current().host)\n".utf8)
    do throws(SystemError) {
      try file.truncate(to: 0)
      try owner.withUnsafeBufferPointer { bytes throws(SystemError) in
        try file.write(UnsafeRawBufferPointer(bytes))
      }
    } catch {
      // Messages then do not name the owner.
    }
  }

  /// Whether the directory's path still leads to the locked file.
  ///
  /// False once the directory was moved or removed; another process may have created a new one with
  /// the same name.
  var isInPlace: Bool {
    do throws(SystemError) {
      return try FileSystems.current.status(path, followingLink: true).identity
        == file.status.identity
    } catch {
      // Other errors do not prove that the file is gone.
      return error.code != ENOENT && error.code != ENOTDIR
    }
  }

  /// Whether the directory's path still leads to the locked directory, although the path of the
  /// lock file no longer leads to that.
  var lacksFile: Bool {
    if isInPlace { return false }
    do throws(SystemError) {
      return try FileSystems.current.status(directory, followingLink: true).identity == folder
    } catch {
      return false
    }
  }

  /// The first line of the lock file, which names its owner; empty if there is none.
  private static func ownerText(_ file: OpenFile) -> String {
    var bytes = [UInt8](repeating: 0, count: 200)
    do throws(SystemError) {
      let count = try bytes.withUnsafeMutableBufferPointer { buffer throws(SystemError) in
        try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
      }
      return String(decoding: bytes.prefix(count), as: UTF8.self)
        .split(separator: "\n").first.map(String.init) ?? ""
    } catch {
      return ""
    }
  }
}
