import Foundation
import ImageData
import Synchronization
import TestSupport

@testable import Fetching

/// A server that answers every request with the input.
///
/// It is the proxy for all addresses, so that a redirection never leaves this machine.
final class FuzzedServer: Sendable {
  static let shared = FuzzedServer()

  private let response = Mutex<[UInt8]>([])
  private let server = Mutex<LoopbackServer?>(nil)

  private init() {
    do {
      let server = try LoopbackServer { [unowned self] in response.withLock { $0 } }
      for name in ["http_proxy", "https_proxy", "all_proxy"] { setenv(name, server.address, 1) }
      unsetenv("no_proxy")
      self.server.withLock { $0 = server }
    } catch {
      fatalError("\(error)")
    }
  }

  /// Downloads what the server answers.
  ///
  /// - Parameters:
  ///   - bytes: The answer.
  ///   - name: A part of the address, which errors must name.
  /// - Throws: What the download throws.
  func download(_ bytes: [UInt8], name: String) throws {
    response.withLock { $0 = bytes }
    guard let url = URL(string: "http://server.invalid/\(name)") else { fatalError(name) }
    var limits = DownloadLimits()
    limits.seconds = 3
    try HTTPDownload.run(url, limits: limits) { _, _ in }
  }
}
