import Files
import Glibc

extension SystemRefusal {
  /// Describes that a process could not be started because of a limit.
  ///
  /// - Parameters:
  ///   - name: The program.
  ///   - error: Why it could not be started.
  /// - Returns: The refusal, with the limits that are set; nil if there was another reason.
  package static func process(_ name: String, error: any Error) -> SystemRefusal? {
    guard let code = SystemCall.errorNumber(of: error),
      let limits = code == EAGAIN ? ThreadSupply.explanation() : Self.limits(behind: code)
    else { return nil }
    return SystemRefusal(
      "\(name) cannot be started: \(SystemCall.text(of: error)) (\(limits))")
  }
}
