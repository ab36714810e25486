import Foundation

/// What the header of an HTTP response says of its body, read line by line.
struct ResponseHeader {
  /// The length of the body as it was sent: it may be no number.
  private(set) var announcedLength: Substring?
  /// Where the content is instead.
  private(set) var location: Substring?
  /// Whether the last line was the empty one behind the header.
  private(set) var isComplete = false

  /// The length of the body in bytes; nil if it was not announced.
  var length: Int? { announcedLength.flatMap { Int($0) } }

  /// Takes the next line; a status line begins the header of another response.
  mutating func add(_ line: String) {
    let line = line.trimmingCharacters(in: .whitespacesAndNewlines)
    if line.hasPrefix("HTTP/") { self = ResponseHeader() }
    isComplete = line.isEmpty
    guard let colon = line.firstIndex(of: ":") else { return }
    let value = Substring(line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
    switch line[..<colon].lowercased() {
    case "content-length": announcedLength = value
    case "location": location = value
    default: break
    }
  }
}
