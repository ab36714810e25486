import Foundation
import Glibc
import Synchronization
import Trainer

/// Where the command's words go: results to standard output, everything else to standard error.
enum Console {
  private static let eraseLine = "\r\u{1B}[K"
  private static let isLineDrawn = Mutex(false)
  private static let outlivesTerminal = Mutex(false)
  private static let rank = Mutex<Int?>(nil)

  /// From here on this process is one of several ranks: errors say which, and only rank 0 says more.
  static func speak(asRank number: Int) {
    rank.withLock { $0 = number }
  }

  /// Whether another rank speaks for this one.
  private static var isSilent: Bool { rank.withLock { $0 ?? 0 } != 0 }

  /// From here on results that no terminal takes any more are dropped: the run keeps them in files.
  static func outliveTerminal() {
    outlivesTerminal.withLock { $0 = true }
  }

  /// Writes a line to standard output.
  static func result(_ text: String) throws {
    if isSilent { return }
    eraseProgress()
    guard let code = send(text + "\n", to: STDOUT_FILENO) else { return }
    // What a terminal that has hung up answers.
    if code == EIO, outlivesTerminal.withLock({ $0 }) { return }
    throw TrainerError(
      .inputOutput, "standard output cannot be written: \(String(cString: strerror(code)))")
  }

  /// Writes a line to standard error; a failure has nowhere to be told.
  static func note(_ text: String) {
    if isSilent { return }
    line(text)
  }

  static func warning(_ text: String) {
    note("trainer: warning: \(text)")
  }

  static func error(_ text: String) {
    let prefix = rank.withLock { $0.map { "rank \($0): " } } ?? ""
    line("\(prefix)trainer: error: \(text)")
  }

  private static func line(_ text: String) {
    eraseProgress()
    _ = send(text + "\n", to: STDERR_FILENO)
  }

  /// Whether standard error is a terminal that can redraw a line.
  static var canRedraw: Bool {
    isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Whether the progress line may have colours: https://no-color.org.
  static var canColor: Bool {
    canRedraw && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
  }

  /// Whether the locale's characters include block elements.
  static var showsBlocks: Bool {
    let environment = ProcessInfo.processInfo.environment
    // The order in which the C library asks.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }
      .first { !$0.isEmpty }
    let name = locale?.uppercased() ?? ""
    return name.hasSuffix("UTF-8") || name.hasSuffix("UTF8")
  }

  /// Draws the progress line over the one before; only where `canRedraw`.
  ///
  /// - Parameter text: Gives the line for a terminal of so many columns; a line that wraps could not be
  ///   erased.
  static func drawProgress(_ text: (_ columns: Int) -> String) {
    if isSilent { return }
    isLineDrawn.withLock { $0 = true }
    _ = send(eraseLine + text(columns - 1), to: STDERR_FILENO)
  }

  /// Removes the progress line, if there is one.
  static func eraseProgress() {
    let wasDrawn = isLineDrawn.withLock { drawn in
      defer { drawn = false }
      return drawn
    }
    if wasDrawn { _ = send(eraseLine, to: STDERR_FILENO) }
  }

  private static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes all of a text.
  ///
  /// - Returns: The system's error number where it cannot be written.
  private static func send(_ text: String, to descriptor: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty {
        let count = write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        rest = rest.dropFirst(count)
      }
      return nil
    }
  }
}

/// A number with a fixed number of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
  String(format: "%.\(decimals)f", value)
}

/// A number of any size in a few characters, for example 1.2e+18.
func scientific(_ value: Double) -> String {
  String(format: "%.3g", value)
}

/// A share as a percentage.
func percent(_ share: Double) -> String {
  fixed(share * 100, 2) + " %"
}
