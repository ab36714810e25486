import Foundation
import TestSupport
import Testing

@testable import Fetching
@testable import ImageData

@Suite("What is wrong with a download")
struct HTTPProblemTests {
  init() {
    // A proxy that the environment names is not for the loopback address.
    setenv("no_proxy", "127.0.0.1", 1)
  }

  @Test("is told of each status but 200, though there is a body", arguments: [101, 203, 206, 500])
  func status(number: Int) throws {
    let server = try LoopbackServer(["/file": .init(status: "\(number) Text", body: [1, 2, 3])])
    let url = try #require(URL(string: server.address + "/file"))
    var received = 0
    let error = dataError { try HTTPDownload.run(url) { bytes, _ in received += bytes.count } }
    #expect(received == 0)
    let text = error?.description ?? ""
    // Newer versions of libcurl refuse a change of protocol that was not asked for themselves.
    #expect(
      text.hasSuffix(": expected HTTP status 200, found \(number)")
        || number == 101 && text.contains("found an error, expected the whole file"), "\(text)")
  }

  @Test("is told without the address of a proxy, but with the variable that has it")
  func proxy() throws {
    let text = "Unsupported proxy syntax in 'http://user:" + String(repeating: "secret", count: 40)
    func words(_ address: String, _ environment: [String: String]) throws -> String {
      text.withoutProxy(of: try #require(URL(string: address)), environment: environment)
    }
    let all = ["http_proxy": "a", "HTTPS_PROXY": "b", "all_proxy": "c", "ALL_PROXY": "d"]
    let cases: [(String, [String: String], String)] = [
      ("http://h/", all, "http_proxy"), ("https://h/", all, "HTTPS_PROXY"),
      ("HTTPS://h/", all.merging(["https_proxy": "x"]) { $1 }, "https_proxy"),
      ("http://h/", all.merging(["http_proxy": ""]) { $1 }, "all_proxy"),
      ("http://h/", ["ALL_PROXY": "d"], "ALL_PROXY"), ("http://h/", [:], "the environment"),
    ]
    for (address, environment, variable) in cases {
      #expect(
        try words(address, environment)
          == "libcurl does not understand the address of a proxy in \(variable), which is not shown"
      )
    }
    let url = try #require(URL(string: "http://h/"))
    let other = "Could not resolve proxy: a.b"
    #expect(other.withoutProxy(of: url, environment: all) == other)
  }
}
