import Files
import Foundation
import TestSupport
import Testing

@testable import Fetching
@testable import ImageData

@Suite("The limits of a download")
struct DownloadLimitsTests {
  init() {
    // A proxy that the environment names is not for the loopback address.
    setenv("no_proxy", "127.0.0.1", 1)
  }

  /// The error that a request of one answer ends with, and the seconds it took.
  func failure(
    _ answer: LoopbackServer.Answer, limits: DownloadLimits = DownloadLimits()
  ) throws -> (message: String, seconds: Double) {
    let server = try LoopbackServer(["/file": answer])
    let url = try #require(URL(string: server.address + "/file"))
    let start = ContinuousClock.now
    let error = dataError { try HTTPDownload.run(url, limits: limits) { _, _ in } }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    #expect(error?.kind == .transferFailed)
    #expect(error?.description.hasPrefix(server.address + "/file: ") == true)
    return (error?.description ?? "", seconds)
  }

  /// What is received from a server.
  func content(of server: LoopbackServer, _ path: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let url = try #require(URL(string: server.address + path))
    try HTTPDownload.run(url) { part, _ in bytes += part }
    return bytes
  }

  /// Far less than a limit's, far more than a loaded machine needs.
  let soon = 20.0

  @Test(
    "a server that asks for a password is refused at once, though it keeps the connection",
    arguments: [
      ("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\""),
      ("401 Unauthorized", "WWW-Authenticate: Digest realm=\"x\", nonce=\"y\""),
      ("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"x\""),
    ])
  func challenge(status: String, header: String) throws {
    let found = try failure(.init(status: status, headers: [header], staysOpen: true))
    #expect(found.message.contains("found \(status.prefix(3)): a password is asked for"))
    #expect(found.seconds < soon)
  }

  @Test(
    "a redirection to anything but the web is refused at once",
    arguments: ["file:///etc/hostname", "ftp://127.0.0.1/file", "gopher://127.0.0.1/"])
  func redirection(target: String) throws {
    let found = try failure(
      .init(status: "302 Found", headers: ["Location: \(target)"], staysOpen: true))
    #expect(found.message.contains("redirects to \(target), expected https or http"))
    #expect(found.seconds < soon)
  }

  @Test("a server that sends without end is left at the consumer's first error")
  func endless() throws {
    let server = try LoopbackServer([
      "/file": .init(body: [UInt8](repeating: 1, count: 1 << 20), isEndless: true)
    ])
    let other = try LoopbackServer(["/file": .init(body: [1, 2, 3])])
    for limit in [0, 100_000, 8 << 20] {
      let url = try #require(URL(string: server.address + "/file"))
      var received = 0
      let start = ContinuousClock.now
      let error = dataError {
        try HTTPDownload.run(url) { bytes, _ throws(DataError) in
          received += bytes.count
          if received > limit { throw DataError(.transferFailed, "\(url): too large") }
        }
      }
      #expect(error?.description == "\(url): too large")
      #expect(received <= limit + 1 << 20, "consumed after the error")
      // The next mirror is asked at once, and nothing more is received from this one.
      #expect(try content(of: other, "/file") == [1, 2, 3])
      while server.connectionCount > 0, ContinuousClock.now - start < .seconds(soon) {
        Thread.sleep(forTimeInterval: 0.01)
      }
      #expect(ContinuousClock.now - start < .seconds(soon))
    }
  }

  @Test("a redirection never leads from https to http")
  func downgrade() {
    func problem(_ source: String, _ target: String) -> String? {
      HTTPDownload.redirectionProblem(from: URL(string: source), to: URL(string: target))
    }
    #expect(problem("https://a/x", "http://a/x")?.hasSuffix("http://a/x, expected https") == true)
    #expect(problem("HTTPS://a/x", "HTTP://a/x") != nil)
    #expect(problem("https://a/x", "https://b/x") == nil)
    #expect(problem("http://a/x", "https://b/x") == nil)
    #expect(problem("http://a/x", "http://b/x") == nil)
  }

  @Test("redirections are followed to an address, a path and a path relative to the last one")
  func followed() throws {
    let target = try LoopbackServer([
      "/a/b": .init(status: "301 Moved Permanently", body: [7, 7], headers: ["location: c"]),
      "/a/c": .init(status: "307 Temporary Redirect", headers: ["LOCATION:  /d?x=y  "]),
      "/d?x=y": .init(body: [1, 2, 3]),
    ])
    let server = try LoopbackServer([
      "/file": .init(status: "302 Found", headers: ["Location: \(target.address)/a/b"])
    ])
    #expect(try content(of: server, "/file") == [1, 2, 3])
  }

  @Test("a server that redirects in a circle, or to nowhere, is refused")
  func circle() throws {
    let server = try LoopbackServer([
      "/file": .init(status: "302 Found", headers: ["Location: /other"]),
      "/other": .init(status: "308 Permanent Redirect", headers: ["Location: /file"]),
    ])
    let url = try #require(URL(string: server.address + "/file"))
    let error = dataError { try HTTPDownload.run(url) { _, _ in } }
    #expect(error?.description.hasPrefix("\(url)") == true)
    let text = error?.description ?? ""
    #expect(text.hasSuffix(": found more than 10 redirections, expected at most 10"), "\(text)")
    let nowhere = try failure(.init(status: "302 Found", headers: ["Location: http://"]))
    #expect(nowhere.message.hasSuffix("the server redirects to http://, expected https or http"))
    #expect(try failure(.init(status: "303 See Other")).message.contains("redirects to no address"))
  }

  @Test(
    "a length that no file has is refused at once",
    arguments: ["100000000000000000000000", "1000000000000", "67108865"])
  func length(announced: String) throws {
    let found = try failure(.init(body: [1], announced: announced, staysOpen: true))
    #expect(found.message.contains("announces \(announced) bytes: found more than 67108864 bytes"))
    #expect(found.seconds < soon)
  }

  @Test(
    "a server that sends nothing, or a byte now and then, is abandoned", arguments: [0, 10_000])
  func rate(count: Int) throws {
    var limits = DownloadLimits()
    limits.window = 0.5
    let found = try failure(
      .init(
        body: [UInt8](repeating: 1, count: count), announced: "20000", staysOpen: true, pause: 0.02),
      limits: limits)
    #expect(found.message.contains("expected at least 512: the server is too slow"))
    #expect(found.seconds < soon)
  }

  @Test("a transfer that is fast enough but never ends is abandoned")
  func wholeTime() throws {
    var limits = DownloadLimits()
    limits.window = 0.2
    limits.leastRate = 0
    limits.seconds = 0.7
    let found = try failure(
      .init(
        body: [UInt8](repeating: 1, count: 10_000), announced: "20000", staysOpen: true, pause: 0.02
      ),
      limits: limits)
    #expect(found.message.contains("bytes in 0.7 s, expected the whole file"))
    #expect(found.seconds < soon)
  }

  @Test("headers without end are refused, also those behind the content")
  func endlessHeaders() throws {
    let lines = [UInt8](("X-A: " + String(repeating: "b", count: 200) + "\r\n").utf8)
    let many = [[UInt8]](repeating: lines, count: 20_000).flatMap { $0 }
    for start in [
      "HTTP/1.1 200 OK\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
    ] {
      let found = try failure { Array(start.utf8) + many }
      // Newer versions of libcurl have a lower limit of their own for the header.
      #expect(
        found.hasSuffix("found more than 1048576 bytes of headers, expected at most 1048576")
          || found.contains("found an error, expected the whole file: Too large"), "\(found)")
    }
  }

  @Test("a line of the header that is too long is not taken for refused memory")
  func longLine() throws {
    let line = String(repeating: "b", count: 1 << 20)
    let found = try failure { Array("HTTP/1.1 200 OK\r\nX-A: \(line)\r\n\r\n".utf8) }
    #expect(!found.contains("refused memory"))
    #expect(
      found.hasSuffix("found a line of the response that is too long, expected a shorter one")
        || found.contains("found an error, expected the whole file: Too large"), "\(found)")
  }

  /// The error that a request ends with whose answer is any bytes.
  func failure(_ response: @escaping @Sendable () -> [UInt8]) throws -> String {
    let server = try LoopbackServer(response: response)
    let url = try #require(URL(string: server.address + "/file"))
    let error = dataError { try HTTPDownload.run(url) { _, _ in } }
    #expect(error?.kind == .transferFailed)
    return error?.description ?? ""
  }

  @Test("a length that is no number is named", arguments: ["-5", "12, 12", "1e3"])
  func badLength(announced: String) throws {
    let found = try failure(.init(body: [1], announced: announced, staysOpen: true))
    #expect(
      found.message.contains("'\(announced)', expected a number")
        || found.message.contains("Content-Length"))
  }

  @Test("an error behind a redirection names both addresses, the second one shortened")
  func redirectedError() throws {
    let path = "/" + String(repeating: "x", count: 5000)
    let server = try LoopbackServer([
      "/file": .init(status: "302 Found", headers: ["Location: \(path)"])
    ])
    let url = try #require(URL(string: server.address + "/file"))
    let text = dataError { try HTTPDownload.run(url) { _, _ in } }?.description ?? ""
    #expect(text.hasPrefix("\(url), redirected to \(server.address)/xxx"))
    #expect(text.hasSuffix("…: expected HTTP status 200, found 404"))
    #expect(text.count < 400)
  }

  @Test("the limits leave enough time for every published file")
  func generous() {
    let limits = DownloadLimits()
    // Fashion-MNIST's largest file by a modem.
    #expect(26_421_880 < limits.bytes)
    #expect(26_421_880 / limits.seconds < 56_000 / 8)
    // EMNIST's zip file, which has all its selections, by a modem.
    for known in KnownDataset.emnist {
      let limits = DownloadLimits(for: known.distribution)
      #expect(561_753_746 < limits.bytes)
      #expect(561_753_746 / limits.seconds < 56_000 / 8)
    }
    #expect(limits.leastRate * limits.window == 61_440)
  }
}
