import Foundation
import Synchronization

/// An HTTP server on this machine's loopback address, for as long as it lives.
package final class LoopbackServer: Sendable {
  /// An answer to a request.
  package struct Answer: Sendable {
    /// The status line's end.
    package var status = "200 OK"
    /// The body.
    package var body: [UInt8] = []
    /// What the header says of the body's length, where that is not its length.
    package var announced: String?
    /// Further lines of the header.
    package var headers: [String] = []
    /// Whether the connection stays open behind the answer, until the client closes it.
    package var staysOpen = false
    /// Whether the body comes again and again, as fast as it is read, until the client closes the
    /// connection.
    package var isEndless = false
    /// Seconds between two bytes of the body.
    package var pause = 0.0

    /// Makes an answer.
    package init(
      status: String = "200 OK", body: [UInt8] = [], announced: String? = nil,
      headers: [String] = [], staysOpen: Bool = false, isEndless: Bool = false, pause: Double = 0
    ) {
      self.status = status
      self.body = body
      self.announced = announced
      self.headers = headers
      self.staysOpen = staysOpen
      self.isEndless = isEndless
      self.pause = pause
    }
  }

  /// Its address, without a path.
  package let address: String
  private let descriptor: Int32
  private let connections = ConnectionCount()

  /// The number of connections that are open now.
  package var connectionCount: Int { connections.value.withLock { $0 } }

  private final class ConnectionCount: Sendable {
    let value = Mutex(0)
  }

  /// Starts to answer, by path; other paths get status 404.
  package convenience init(_ answers: [String: Answer]) throws {
    try self.init { connection, path in
      Self.respond(
        with: answers[path] ?? Answer(status: "404 Not Found"), to: connection)
    }
  }

  /// Starts to answer every request with the same bytes: header and body, or what is no response at
  /// all.
  ///
  /// - Parameter response: Returns the bytes.
  /// - Throws: `POSIXError` without a port.
  package convenience init(response: @escaping @Sendable () -> [UInt8]) throws {
    try self.init { connection, _ in
      if Self.sendAll(response(), to: connection) { shutdown(connection, Int32(SHUT_WR)) }
    }
  }

  private init(answer: @escaping @Sendable (_ connection: Int32, _ path: String) -> Void) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard descriptor >= 0, isListening else { throw POSIXError(.EADDRNOTAVAIL) }
    self.descriptor = descriptor
    address = "http://127.0.0.1:\(UInt16(bigEndian: place.sin_port))"
    Thread.detachNewThread { [connections] in
      while true {
        let connection = accept(descriptor, nil, nil)
        if connection < 0 { break }
        connections.value.withLock { $0 += 1 }
        if let path = Self.path(requestedOn: connection) {
          answer(connection, path)
          Self.waitForEnd(of: connection)
        }
        close(connection)
        connections.value.withLock { $0 -= 1 }
      }
      close(descriptor)
    }
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  /// Reads a request; returns its path, or nil if the client closes the connection before.
  private static func path(requestedOn connection: Int32) -> String? {
    var request: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !request.suffix(4).elementsEqual(Array("\r\n\r\n".utf8)) {
      let count = read(connection, &buffer, buffer.count)
      if count <= 0 { return nil }
      request += buffer[..<count]
    }
    let words = String(decoding: request, as: UTF8.self).split(separator: " ")
    return words.dropFirst().first.map(String.init) ?? ""
  }

  private static func waitForEnd(of connection: Int32) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while read(connection, &buffer, buffer.count) > 0 {}
  }

  private static func respond(with answer: Answer, to connection: Int32) {
    let lines =
      [
        "HTTP/1.1 \(answer.status)"
      ]
      + (answer.isEndless
        ? [] : ["Content-Length: \(answer.announced ?? "\(answer.body.count)")"])
      + answer.headers + (answer.staysOpen ? [] : ["Connection: close"])
    let head = lines.map { $0 + "\r\n" }.joined() + "\r\n"
    if answer.pause > 0 {
      guard sendAll(Array(head.utf8), to: connection) else { return }
      for byte in answer.body {
        Thread.sleep(forTimeInterval: answer.pause)
        guard sendAll([byte], to: connection) else { return }
      }
    } else {
      guard sendAll(Array(head.utf8) + answer.body, to: connection) else { return }
      while answer.isEndless, sendAll(answer.body, to: connection) {}
    }
    if !answer.staysOpen { shutdown(connection, Int32(SHUT_WR)) }
  }

  private static func sendAll(_ bytes: [UInt8], to connection: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      // A client that hangs up is no reason to die of SIGPIPE.
      let count = Array(rest).withUnsafeBytes {
        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
