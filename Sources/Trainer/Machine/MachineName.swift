import Glibc

/// The result of `uname`.
package struct MachineName: Equatable {
  var system: String
  package var host: String
  var release: String
  var architecture: String

  package static func current() -> MachineName {
    var name = utsname()
    // It fails only for an invalid address.
    guard uname(&name) == 0 else { preconditionFailure("uname failed") }
    return MachineName(
      system: text(&name.sysname), host: text(&name.nodename), release: text(&name.release),
      architecture: text(&name.machine))
  }

  /// The text of a C array of characters, up to its NUL.
  private static func text<Field>(_ field: inout Field) -> String {
    withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
