import Files
import Foundation
import Glibc
import Synchronization
import Training

/// Writes the command's output: results to standard output, everything else to standard error.
///
/// File names and texts from files may contain anything, so characters that could control a
/// terminal are replaced.
enum Console {
  /// Starts green text, in the progress line only.
  static let green = "\u{1B}[32m"
  /// Ends green text.
  static let plain = "\u{1B}[0m"
  private static let eraseLine = "\r\u{1B}[K"
  private static let isLineDrawn = Mutex(false)
  private static let outlivesTerminal = Mutex(false)
  private static let rank = Mutex<Int?>(nil)

  /// Marks this process as one of several ranks: errors name the rank, and only rank 0 prints other
  /// output.
  static func setRank(_ number: Int) {
    rank.withLock { $0 = number }
  }

  /// Whether another rank prints for this one.
  private static var isSilent: Bool { rank.withLock { $0 ?? 0 } != 0 }

  /// From now on, results are dropped if the terminal has hung up, since the run also writes them
  /// to files.
  static func dropResultsAfterHangup() {
    outlivesTerminal.withLock { $0 = true }
  }

  /// Writes a line to standard output.
  ///
  /// - Throws: `TrainerError` if it cannot be written.
  static func result(_ line: String) throws { try result([line]) }

  /// Writes lines to standard output.
  ///
  /// A line feed within one is replaced, so that a name cannot imitate a line.
  ///
  /// - Throws: `TrainerError` if they cannot be written.
  static func result(_ lines: [String]) throws {
    if isSilent { return }
    eraseProgress()
    let text = lines.map { $0.printable(keeping: "\t") + "\n" }.joined()
    guard let code = send(text, to: STDOUT_FILENO) else { return }
    // The error of a terminal that has hung up.
    if code == EIO, outlivesTerminal.withLock({ $0 }) { return }
    throw TrainerError(
      .inputOutput, "standard output cannot be written: \(SystemCall.text(of: code))")
  }

  /// Writes a note to standard error; failures are ignored.
  static func note(_ text: String) {
    if isSilent { return }
    message("", text)
  }

  /// Writes a warning to standard error; failures are ignored.
  static func warning(_ text: String) {
    if isSilent { return }
    message("trainer: warning: ", text)
  }

  /// Writes an error to standard error, on every rank; failures are ignored.
  static func error(_ text: String) {
    let prefix = rank.withLock { $0.map { "rank \($0): " } } ?? ""
    message("\(prefix)trainer: error: ", text)
  }

  /// Writes a message.
  ///
  /// Further lines are indented, so that a name with a line feed cannot imitate another message.
  private static func message(_ head: String, _ text: String) {
    // Printable first: to Swift a carriage return and a line feed are one character, not split.
    let lines = text.printable(keeping: "\n").split(
      separator: "\n", omittingEmptySubsequences: false)
    line(head + lines.joined(separator: "\n  "))
  }

  private static func line(_ text: String) {
    eraseProgress()
    _ = send(text.printable(keeping: "\n") + "\n", to: STDERR_FILENO)
  }

  /// Whether standard error is a terminal on which a line can be redrawn.
  static var canRedraw: Bool {
    isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Whether the progress line may be colored: https://no-color.org.
  static var canColor: Bool {
    canRedraw && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
  }

  /// Whether the locale's character set includes block elements.
  static var showsBlocks: Bool {
    let environment = ProcessInfo.processInfo.environment
    // The same order as in the C library.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }
      .first { !$0.isEmpty }
    let name = locale?.uppercased() ?? ""
    return name.hasSuffix("UTF-8") || name.hasSuffix("UTF8")
  }

  /// Draws the progress line over the previous one; only if `canRedraw`.
  ///
  /// - Parameter text: Returns the line for a number of columns. A line that wraps could not be
  ///   erased.
  static func drawProgress(_ text: (_ columns: Int) -> String) {
    if isSilent { return }
    isLineDrawn.withLock { $0 = true }
    _ = send(eraseLine + Self.printable(text(columns - 1)), to: STDERR_FILENO)
  }

  /// The progress line without characters that could control the terminal, except its own colors.
  static func printable(_ progress: String) -> String {
    progress.components(separatedBy: green).map { part in
      part.components(separatedBy: plain).map(\.printable).joined(separator: plain)
    }.joined(separator: green)
  }

  /// Removes the progress line, if there is one.
  static func eraseProgress() {
    let wasDrawn = isLineDrawn.withLock { drawn in
      defer { drawn = false }
      return drawn
    }
    if wasDrawn { _ = send(eraseLine, to: STDERR_FILENO) }
  }

  private static var columns: Int { size(of: STDERR_FILENO).columns }

  /// The number of rows of the terminal that shows results.
  static var resultRows: Int { size(of: STDOUT_FILENO).rows }

  /// The rows and columns of the terminal at a descriptor.
  private static func size(of descriptor: Int32) -> (rows: Int, columns: Int) {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1, size.ws_row > 1
    else { return (24, 80) }
    return (Int(size.ws_row), Int(size.ws_col))
  }

  /// Whether standard output is a terminal on which lines can be redrawn.
  static var canRedrawResults: Bool {
    isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Writes lines to standard output over the last ones.
  ///
  /// - Parameters:
  ///   - lines: The lines.
  ///   - count: The number of lines that are replaced.
  ///   - wraps: Whether long lines are wrapped. Otherwise the terminal cuts them off: it alone
  ///     knows the width of its characters.
  /// - Throws: `TrainerError` if they cannot be written.
  static func redrawResults(_ lines: [String], over count: Int, wraps: Bool) throws {
    let start = count > 0 ? "\u{1B}[\(count)A\r" : ""
    let text = lines.map { $0.printable + "\u{1B}[K\n" }.joined()
    let cut = wraps ? text : "\u{1B}[?7l" + text + "\u{1B}[?7h"
    guard let code = send(start + cut + "\u{1B}[J", to: STDOUT_FILENO) else { return }
    throw TrainerError(
      .inputOutput, "standard output cannot be written: \(SystemCall.text(of: code))")
  }

  /// Writes a whole text.
  ///
  /// - Returns: The error number of the system; nil if the text was written.
  private static func send(_ text: String, to descriptor: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      do throws(SystemError) {
        try SystemCall.write(UnsafeRawBufferPointer(bytes), to: descriptor)
        return nil
      } catch {
        return error.code
      }
    }
  }
}

/// A number with a fixed number of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
  String(format: "%.\(decimals)f", value)
}

/// A number of any size in few characters, for example 1.2e+18.
func scientific(_ value: Double) -> String {
  String(format: "%.3g", value)
}

/// The lines of a value as JSON with sorted keys in snake case.
func encoded(_ value: some Encodable) throws -> [String] {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self).printableJSON
    .components(separatedBy: "\n")
}
