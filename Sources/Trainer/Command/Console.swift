import Foundation
import Trainer

/// Where the command's words go: results to standard output, everything else to standard error.
enum Console {
  /// Writes a line to standard output.
  static func result(_ text: String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    } catch {
      throw TrainerError(.inputOutput, "standard output cannot be written: \(error)")
    }
  }

  /// Writes a line to standard error.
  static func note(_ text: String) {
    redraw(text + "\n")
  }

  static func warning(_ text: String) {
    note("trainer: warning: \(text)")
  }

  static func error(_ text: String) {
    note("trainer: error: \(text)")
  }

  /// Whether standard error is a terminal that can redraw a line.
  static var canRedraw: Bool {
    isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Writes to standard error without a line's end. A failure has nowhere to be told.
  static func redraw(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
