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
  /// A text of libcurl, with the name of a variable in place of an address of a proxy.
  ///
  /// libcurl quotes an address that it does not understand, or the first part of a long one.
  ///
  /// - Parameters:
  ///   - url: What was requested.
  ///   - environment: The environment variables.
  /// - Returns: The text without the value of a variable.
  func withoutProxy(of url: URL, environment: [String: String]) -> String {
    guard hasPrefix("Unsupported proxy") else { return self }
    let scheme = url.scheme?.lowercased() ?? ""
    // In libcurl's order: capitals count for all schemes but http.
    let names = ["\(scheme)_proxy"] + (scheme == "https" ? ["HTTPS_PROXY"] : [])
    let variable = (names + ["all_proxy", "ALL_PROXY"]).first {
      environment[$0]?.isEmpty == false
    }
    return "libcurl does not understand the address of a proxy in "
      + "\(variable ?? "the environment"), which is not shown"
  }

  /// At most the first 200 characters of an address that a server has sent.
  var shortened: String {
    count > 200 ? prefix(200) + "…" : self
  }
}
