import Testing

@testable import Fetching

@Suite("The header of an HTTP response")
struct ResponseHeaderTests {
  func header(_ lines: String...) -> ResponseHeader {
    var header = ResponseHeader()
    for line in lines { header.add(line + "\r\n") }
    return header
  }

  @Test("names are found in any case, values without the spaces around them")
  func names() {
    let found = header("HTTP/1.1 200 OK", "CONTENT-length:  12 ", "location: http://a:1/b")
    #expect(found.length == 12)
    #expect(found.location == "http://a:1/b")
    #expect(!found.isComplete)
  }

  @Test("an empty line completes it, and a status line begins another")
  func another() {
    #expect(header("HTTP/1.1 100 Continue", "").isComplete)
    let found = header(
      "HTTP/1.1 100 Continue", "Content-Length: 5", "", "HTTP/1.1 200 OK", "Date: x")
    #expect(found.length == nil)
    #expect(!found.isComplete)
  }

  @Test("a length that is no number is kept as it was sent")
  func badLength() {
    let found = header("HTTP/1.1 200 OK", "Content-Length: 1e30")
    #expect(found.announcedLength == "1e30")
    #expect(found.length == nil)
  }
}
