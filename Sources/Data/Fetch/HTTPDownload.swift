import Foundation
import FoundationNetworking
import ImageData
import Synchronization

/// A request for one address, whose body is passed on as it arrives.
final class HTTPDownload: NSObject, URLSessionDataDelegate, Sendable {
  /// Receives the next bytes and the announced total size.
  typealias Consumer =
    @Sendable (_ bytes: UnsafeRawBufferPointer, _ announced: Int?) throws(DataError) -> Void

  private struct State {
    var byteCount = 0
    /// The first error; later ones are its consequences.
    var error: DataError?
    /// Whether the caller no longer waits, and needs no more bytes.
    var isOver = false
  }

  private let address: String
  private let limits: DownloadLimits
  private let consume: Consumer
  private let finished = DispatchSemaphore(value: 0)
  private let state = Mutex(State())

  private init(address: String, limits: DownloadLimits, consume: @escaping Consumer) {
    self.address = address
    self.limits = limits
    self.consume = consume
  }

  /// Requests an address and waits for the end of the response.
  ///
  /// - Parameters:
  ///   - url: An http or https address.
  ///   - limits: The limits beyond which the transfer fails.
  ///   - consume: Called with the bytes in order, from another thread, and not after this function
  ///     returns. An error ends the transfer.
  /// - Throws: `DataError` of kind `transferFailed` with the address; what `consume` throws.
  static func run(
    _ url: URL, limits: DownloadLimits = DownloadLimits(), consume: @escaping Consumer
  ) throws(DataError) {
    let download = HTTPDownload(address: url.withoutPassword, limits: limits, consume: consume)
    let configuration = URLSessionConfiguration.ephemeral
    configuration.urlCache = nil
    // `wait` enforces the limits. The session's own timer does not run in every state.
    configuration.timeoutIntervalForRequest = 2 * limits.seconds + 60
    let queue = BoundedQueue()
    let session = URLSession(configuration: configuration, delegate: download, delegateQueue: queue)
    var request = URLRequest(url: url)
    // The stored file is requested: an unpacked body could not be distinguished from a wrong file.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    session.dataTask(with: request).resume()
    download.wait()
    // It waits for a queue that a fast server keeps busy.
    DispatchQueue.global().async { session.invalidateAndCancel() }
    if let error = download.state.withLock({ $0.error }) { throw error }
  }

  /// Waits for the end, or until a limit is exceeded.
  private func wait() {
    let start = DispatchTime.now()
    let deadline = start + limits.seconds
    var windowStart = (time: start, byteCount: 0)
    while true {
      let windowEnd = windowStart.time + limits.window
      if finished.wait(timeout: min(windowEnd, deadline)) == .success { return }
      let byteCount = state.withLock { $0.byteCount }
      if DispatchTime.now() >= deadline {
        return end("found \(byteCount) bytes in \(limits.seconds) s, expected the whole file")
      }
      let least = limits.leastRate * limits.window
      guard Double(byteCount - windowStart.byteCount) >= least else {
        return end(
          "found \(byteCount - windowStart.byteCount) bytes in \(limits.window) s, expected at least "
            + "\(Int(least)): the server is too slow, or sends nothing")
      }
      windowStart = (.now(), byteCount)
    }
  }

  /// Ends the transfer, with an error unless it is complete.
  private func end(_ problem: String?) {
    end(problem.map { DataError(.transferFailed, "\(address): \($0)") })
  }

  private func end(_ error: DataError?) {
    settle(error)
    finished.signal()
  }

  /// Stores the first outcome; the transfer is not over yet.
  private func settle(_ error: DataError?) {
    state.withLock { state in
      if !state.isOver { state.error = error }
      state.isOver = true
    }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    let response = response as? HTTPURLResponse
    if let problem = Self.problem(of: response) ?? lengthProblem(of: response) {
      completionHandler(.cancel)
      end(problem)
    } else {
      completionHandler(.allow)
    }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping (URLRequest?) -> Void
  ) {
    // The session interprets an address without a host, such as file:///x, as one of the same
    // server.
    let location = response.value(forHTTPHeaderField: "Location").flatMap { URL(string: $0) }
    let target = location?.scheme == nil ? request.url : location
    guard let problem = Self.redirectionProblem(from: response.url, to: target) else {
      return completionHandler(request)
    }
    // The session continues with the response itself and then ends. Ending it here as well would
    // interfere with that.
    settle(DataError(.transferFailed, "\(address): \(problem)"))
    completionHandler(nil)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let announced = dataTask.countOfBytesExpectedToReceive
    do throws(DataError) {
      try state.withLock { state throws(DataError) in
        if state.isOver { return }
        state.byteCount += data.count
        let result = data.withUnsafeBytes { bytes in
          Result { () throws(DataError) in
            try consume(bytes, announced > 0 ? Int(announced) : nil)
          }
        }
        try result.get()
      }
    } catch {
      end(error)
    }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    end(error?.localizedDescription)
  }
}

// MARK: - Answers that are refused

extension HTTPDownload {
  private static func problem(of response: HTTPURLResponse?) -> String? {
    let status = response?.statusCode
    if status == 200 { return nil }
    let hint = status == 401 || status == 407 ? ": a password is asked for" : ""
    return "expected HTTP status 200, found \(status.map(String.init) ?? "none")\(hint)"
  }

  /// The session would wait forever for a body of a length that it cannot count.
  private func lengthProblem(of response: HTTPURLResponse?) -> String? {
    guard let text = response?.value(forHTTPHeaderField: "Content-Length") else { return nil }
    guard let length = Int(text), length >= 0, length <= limits.bytes else {
      return
        "the server announces \(text.prefix(40)) bytes: found more than \(limits.bytes) bytes, "
        + "which no known data set's file has"
    }
    return nil
  }

  /// Why a redirection is not followed: its target must be as safe as the requested address.
  static func redirectionProblem(from source: URL?, to target: URL?) -> String? {
    let scheme = target?.scheme?.lowercased() ?? ""
    if scheme == "https" || (scheme == "http" && source?.scheme?.lowercased() != "https") {
      return nil
    }
    return "the server redirects to \(target?.withoutPassword ?? "no address"), expected https"
      + (source?.scheme?.lowercased() == "https" ? "" : " or http")
  }
}
