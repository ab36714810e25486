import Foundation
import Glibc

/// A terminal that a test can read.
final class PseudoTerminal {
  /// What the command gets as its standard error; closed in this process by `readAll`.
  let commandSide: FileHandle
  private let own: Int32

  init() throws {
    var own: Int32 = -1
    var other: Int32 = -1
    guard openpty(&own, &other, nil, nil, nil) == 0 else { throw CommandError.noTerminal(errno) }
    self.own = own
    commandSide = FileHandle(fileDescriptor: other, closeOnDealloc: false)
  }

  deinit {
    close(own)
  }

  /// What was written, once the command has ended: no more than the kernel keeps, a few KiB.
  func readAll() throws -> String {
    try commandSide.close()
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      // At the end Linux gives EIO.
      let count = read(own, &buffer, buffer.count)
      if count <= 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
