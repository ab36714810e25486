import Foundation
import Parallel

/// The contents of the files in which Linux describes a machine; nil for files that cannot be read.
struct MachineFiles: Equatable {
  var cpuInfo: String?
  var memInfo: String?
  var osRelease: String?

  /// Reads the files.
  ///
  /// - Parameter root: The folder to use as `/`.
  /// - Returns: The contents.
  static func current(root: String = "/") -> MachineFiles {
    func text(_ file: String) -> String? { SystemFile.textIfReadable(file, root: root) }
    return MachineFiles(
      cpuInfo: text("/proc/cpuinfo"), memInfo: text("/proc/meminfo"),
      osRelease: text("/etc/os-release") ?? text("/usr/lib/os-release"))
  }

  /// Finds a value in a file of lines `NAME=VALUE`, with or without quotes.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - text: The content of the file.
  /// - Returns: The value; nil if there is none.
  static func value(of name: String, inShell text: String) -> String? {
    for line in text.split(separator: "\n") where line.hasPrefix(name + "=") {
      let value = line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
      guard let quote = value.first, quote == "\"" || quote == "'" else { return value }
      return value.count > 1 && value.last == quote ? String(value.dropFirst().dropLast()) : nil
    }
    return nil
  }

  /// Finds a value in /proc/meminfo.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - text: The content of the file: lines of `NAME: COUNT kB`.
  /// - Returns: The value in bytes; nil if there is no such line.
  static func bytes(of name: String, inMemInfo text: String) -> UInt64? {
    for line in text.split(separator: "\n") where line.hasPrefix(name + ":") {
      let words = line.split(separator: " ")
      guard words.count == 3, words[2] == "kB", let count = UInt64(words[1]) else { return nil }
      let bytes = count.multipliedReportingOverflow(by: 1024)
      return bytes.overflow ? nil : bytes.partialValue
    }
    return nil
  }
}
