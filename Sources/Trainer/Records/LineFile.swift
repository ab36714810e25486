import Foundation
import Glibc
import Model
import Parallel
import Synchronization

/// A text file to which whole lines are added, each at once.
///
/// A line that cannot be written is kept and written before the next: a disk that was full for a
/// while leaves no gap and no half line.
final class LineFile: Sendable {
  let path: String
  private let descriptor: Int32
  /// Pipes, terminals and devices are neither shortened nor synchronised.
  private let isRegular: Bool
  private let state = Mutex<(written: off_t, pending: [UInt8])>((0, []))

  /// Opens the file, emptying an old one.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - location: Whose directory it is in.
  /// - Throws: ``TrainerError`` where it cannot be written.
  init(path: String, in location: AtomicFile.Location = .anywhere) throws {
    let descriptor = try Self.open(path, location)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw Self.unwritable(path, code)
    }
    self.path = path
    self.descriptor = descriptor
    isRegular = status.st_mode & S_IFMT == S_IFREG
  }

  private static func open(_ path: String, _ location: AtomicFile.Location) throws -> Int32 {
    switch location {
    case .anywhere:
      let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
      let descriptor = SystemCall.retrying { Glibc.open(path, flags, 0o666) }
      guard descriptor >= 0 else { throw unwritable(path, errno) }
      return descriptor
    case .lockedDirectory:
      // Emptied only once it is known to be nobody else's.
      let descriptor = try OwnFile.open(path: path, access: O_WRONLY)
      guard SystemCall.retrying({ ftruncate(descriptor, 0) }) == 0 else {
        let code = errno
        close(descriptor)
        throw unwritable(path, code)
      }
      return descriptor
    }
  }

  deinit {
    close(descriptor)
  }

  /// Adds a line, and those before it that could not be written.
  ///
  /// - Parameter line: The line, without its end.
  /// - Throws: ``TrainerError`` where writing fails.
  func append(_ line: some Sequence<UInt8>) throws {
    try state.withLock { state in
      state.pending += line
      state.pending.append(UInt8(ascii: "\n"))
      try flush(&state)
    }
  }

  /// Writes what could not be written before, if anything, and puts all lines on disk.
  ///
  /// - Throws: ``TrainerError`` where writing fails again.
  func finish() throws {
    try state.withLock { try flush(&$0) }
    guard isRegular else { return }
    guard SystemCall.retrying({ fsync(descriptor) }) == 0 else {
      throw Self.unwritable(path, errno)
    }
    try AtomicFile.synchroniseFolder(of: path, path: path)
  }

  private func flush(_ state: inout (written: off_t, pending: [UInt8])) throws {
    do {
      let code = StopSignals.whileWaiting {
        state.pending.withUnsafeBytes { SystemCall.write($0, to: descriptor) }
      }
      if let code { throw Self.unwritable(path, code) }
      state.written += off_t(state.pending.count)
      state.pending.removeAll()
    } catch {
      if isRegular, ftruncate(descriptor, state.written) == 0 {
        lseek(descriptor, state.written, SEEK_SET)
      }
      throw error
    }
  }

  static func unwritable(_ path: String, _ code: Int32) -> TrainerError {
    TrainerError(
      .inputOutput, "\(path): cannot be written: \(SystemCall.text(of: code))")
  }
}
