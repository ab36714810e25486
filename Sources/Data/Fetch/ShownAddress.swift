import Foundation

// Messages are kept in logs, which a password must not get into.

extension URL {
  /// The address as messages show it, without a password.
  var withoutPassword: String {
    guard var components = URLComponents(url: self, resolvingAgainstBaseURL: false),
      components.password != nil
    else { return absoluteString }
    components.password = nil
    return components.string ?? ""
  }
}

extension String {
  /// A text that may quote an address, without what an address has before its last `@`.
  ///
  /// libcurl quotes the address of a proxy that it does not understand.
  var withoutLogin: String {
    guard let start = range(of: "://")?.upperBound ?? firstIndex(of: "'"),
      let end = lastIndex(of: "@"), start < end
    else { return self }
    return self[..<start] + "…" + self[end...]
  }

  /// At most the first 200 characters of an address that a server has sent.
  var shortened: String {
    count > 200 ? prefix(200) + "…" : self
  }
}
