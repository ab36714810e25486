import Foundation
import ImageData

/// A file at a web address, whose content is passed on as it arrives.
enum HTTPDownload {
  /// Receives the next bytes and the announced total size.
  typealias Consumer =
    (_ bytes: UnsafeRawBufferPointer, _ announced: Int?) throws(DataError) -> Void

  /// Requests an address, follows its redirections and waits for the end of the response.
  ///
  /// - Parameters:
  ///   - url: An http or https address.
  ///   - limits: The limits beyond which the transfer fails.
  ///   - consume: Called with the bytes in order. An error ends the transfer.
  /// - Throws: `DataError` of kind `transferFailed` with the address, or `refused` if the system
  ///   refused memory; what `consume` throws.
  static func run(
    _ url: URL, limits: DownloadLimits = DownloadLimits(), consume: @escaping Consumer
  ) throws(DataError) {
    let transfer = try HTTPTransfer(address: url.withoutPassword, limits: limits, consume: consume)
    var target = url
    for _ in 0...limits.redirections {
      guard let location = try transfer.perform(target) else { return }
      // The location may be relative.
      let next = URL(string: location, relativeTo: target)?.absoluteURL
      if let problem = redirectionProblem(from: target, to: next) {
        throw transfer.failure(problem)
      }
      target = next ?? target
    }
    throw transfer.failure(
      "found more than \(limits.redirections) redirections, expected at most "
        + "\(limits.redirections)")
  }

  /// Why a redirection is not followed: its target must be as safe as the requested address.
  static func redirectionProblem(from source: URL?, to target: URL?) -> String? {
    let scheme = target?.scheme?.lowercased() ?? ""
    let isSafe = scheme == "https" || (scheme == "http" && source?.scheme?.lowercased() != "https")
    if isSafe, target?.host()?.isEmpty == false { return nil }
    return
      "the server redirects to \(target?.withoutPassword.shortened ?? "no address"), expected https"
      + (source?.scheme?.lowercased() == "https" ? "" : " or http")
  }
}
