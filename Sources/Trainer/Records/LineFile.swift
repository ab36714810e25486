import Foundation
import Glibc
import Parallel
import Synchronization

/// A text file to which whole lines are added, each at once.
///
/// A line that cannot be written is kept and written before the next: a disk that was full for a
/// while leaves no gap and no half line.
final class LineFile: Sendable {
  let path: String
  private let descriptor: Int32
  private let state = Mutex<(written: off_t, pending: [UInt8])>((0, []))

  /// Opens the file, emptying an old one.
  ///
  /// - Parameter path: Where it is.
  /// - Throws: ``TrainerError`` where it cannot be written.
  init(path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.unwritable(path, errno) }
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

  /// Writes what could not be written before, if anything.
  ///
  /// - Throws: ``TrainerError`` where writing fails again.
  func finish() throws {
    try state.withLock { try flush(&$0) }
  }

  private func flush(_ state: inout (written: off_t, pending: [UInt8])) throws {
    do {
      try state.pending.withUnsafeBytes { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
          let count = StopSignals.whileWaiting {
            write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
          }
          if count < 0 {
            if errno == EINTR { continue }
            throw Self.unwritable(path, errno)
          }
          rest = rest.dropFirst(count)
        }
      }
      state.written += off_t(state.pending.count)
      state.pending.removeAll()
    } catch {
      // A pipe or a terminal cannot be shortened, and is not written to again after an error.
      if ftruncate(descriptor, state.written) == 0 { lseek(descriptor, state.written, SEEK_SET) }
      throw error
    }
  }

  static func unwritable(_ path: String, _ code: Int32) -> TrainerError {
    TrainerError(
      .inputOutput, "\(path): cannot be written: \(SystemCall.text(of: code))")
  }
}
