/// The refusal of a system call.
package struct SystemError: Error, Equatable, CustomStringConvertible {
  /// The value of `errno`.
  package let code: Int32

  /// Creates an error.
  ///
  /// - Parameter code: The value of `errno`.
  package init(code: Int32) {
    self.code = code
  }

  /// The system's message.
  package var description: String { SystemCall.text(of: code) }
}
