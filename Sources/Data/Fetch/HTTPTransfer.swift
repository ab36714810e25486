import CCurl
import Foundation
import ImageData

/// Requests by libcurl, one at a time, on the calling thread.
final class HTTPTransfer {
  private let handle: UnsafeMutableRawPointer
  /// libcurl's description of a failure.
  private let errorText: UnsafeMutablePointer<CChar>
  private let address: String
  private let limits: DownloadLimits
  private let consume: HTTPDownload.Consumer

  private var pace: TransferPace
  private var byteCount = 0
  private var header = ResponseHeader()
  /// The target of a redirection, which ends the transfer.
  private var location: String?
  /// Why a function that libcurl called ended the transfer.
  private var error: DataError?

  private static let isReady = curl_start() == CURLE_OK

  /// Prepares requests.
  ///
  /// - Parameters:
  ///   - address: The address that errors name.
  ///   - limits: The limits of all requests together.
  ///   - consume: Called with the bytes of a response with status 200, in order.
  /// - Throws: `DataError` of kind `refused`.
  init(
    address: String, limits: DownloadLimits, consume: @escaping HTTPDownload.Consumer
  ) throws(DataError) {
    guard Self.isReady, let handle = curl_easy_init() else {
      throw DataError(.refused, "\(address): the system refused memory for a download")
    }
    self.handle = handle
    self.address = address
    self.limits = limits
    self.consume = consume
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    pace = TransferPace(limits: limits)
  }

  deinit {
    curl_easy_cleanup(handle)
    errorText.deallocate()
  }

  /// Requests an address and waits for the end of the response.
  ///
  /// - Parameter url: An http or https address.
  /// - Returns: Where the response redirects to; nil after a complete response with status 200.
  /// - Throws: `DataError` of kind `transferFailed` or `refused`; what `consume` throws.
  func perform(_ url: URL) throws(DataError) -> String? {
    header = ResponseHeader()
    location = nil
    errorText.pointee = 0
    let isSet = setOptions(url)
    let code = isSet == CURLE_OK ? curl_easy_perform(handle) : isSet
    if let error { throw error }
    if let location { return location }
    guard code != CURLE_OK else { return nil }
    if code == CURLE_OUT_OF_MEMORY {
      throw DataError(.refused, "\(address): the system refused memory for a download")
    }
    let text = errorText.pointee == 0 ? curl_easy_strerror(code) : UnsafePointer(errorText)
    throw failure(text.map { String(cString: $0) } ?? "error \(code.rawValue) of libcurl")
  }

  /// An error that names the address.
  func failure(_ problem: String) -> DataError {
    DataError(.transferFailed, "\(address): \(problem)")
  }

  private func setOptions(_ url: URL) -> CURLcode {
    let context = Unmanaged.passUnretained(self).toOpaque()
    let results = [
      curl_set_text(handle, CURLOPT_URL, url.absoluteString),
      curl_allow_web_only(handle),
      curl_set_text(handle, CURLOPT_USERAGENT, "trainer"),
      // A signal handler for timeouts would be one for the whole process.
      curl_set_number(handle, CURLOPT_NOSIGNAL, 1),
      curl_set_number(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
      curl_set_number(handle, CURLOPT_NOPROGRESS, 0),
      curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText),
      curl_set_pointer(handle, CURLOPT_XFERINFODATA, context),
      curl_set_pointer(handle, CURLOPT_HEADERDATA, context),
      curl_set_pointer(handle, CURLOPT_WRITEDATA, context),
      curl_set_observer(handle) { context, _, _, _, _ in
        HTTPTransfer.from(context).isInTime() ? 0 : 1
      },
      curl_set_receiver(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
        let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return HTTPTransfer.from(context).receiveHeader(line) ? line.count : 0
      },
      curl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
        let part = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return HTTPTransfer.from(context).receive(part) ? part.count : 0
      },
    ]
    return results.first { $0 != CURLE_OK } ?? CURLE_OK
  }
}

// MARK: - What libcurl calls

// The results say whether the transfer is to go on.
extension HTTPTransfer {
  private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer {
    guard let context else { preconditionFailure("setOptions sets the context") }
    return Unmanaged.fromOpaque(context).takeUnretainedValue()
  }

  private func isInTime() -> Bool {
    error = error ?? pace.problem(byteCount: byteCount).map(failure)
    return error == nil
  }

  private func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    header.add(String(decoding: line, as: UTF8.self))
    let status = curl_response_status(handle)
    // A response that only says that another one follows.
    if !header.isComplete || 100..<200 ~= status { return true }
    if [301, 302, 303, 307, 308].contains(status) {
      location = header.location.map(String.init) ?? ""
      return false
    }
    error = problem(status: status).map(failure)
    return error == nil
  }

  private func problem(status: Int) -> String? {
    guard status == 200 else {
      let hint = status == 401 || status == 407 ? ": a password is asked for" : ""
      return "expected HTTP status 200, found \(status)\(hint)"
    }
    guard let announced = header.announcedLength else { return nil }
    guard let length = header.length, 0...limits.bytes ~= length else {
      return "the server announces \(announced.prefix(40)) bytes: found more than \(limits.bytes) "
        + "bytes, which no known data set's file has"
    }
    return nil
  }

  private func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
    byteCount += bytes.count
    do throws(DataError) {
      try consume(bytes, header.length)
    } catch {
      self.error = error
    }
    return error == nil
  }
}
