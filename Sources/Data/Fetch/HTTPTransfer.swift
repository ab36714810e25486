import CCurl
import Files
import Foundation
import ImageData
import Parallel

/// Requests by libcurl, one at a time, on the calling thread.
final class HTTPTransfer {
  private let handle: UnsafeMutableRawPointer
  private let address: String
  private let limits: DownloadLimits
  private let consume: HTTPDownload.Consumer

  private var pace: TransferPace
  private var byteCount = 0
  private var headerByteCount = 0
  /// What is requested: the address, or where it redirected to.
  private var target: String
  private var header = ResponseHeader()
  /// The target of a redirection, which ends the transfer.
  private var location: String?
  /// Why a function that libcurl called ended the transfer.
  private var error: DataError?

  /// Loads libcurl and prepares requests.
  ///
  /// - Parameters:
  ///   - address: The address that errors name.
  ///   - limits: The limits of all requests together.
  ///   - consume: Called with the bytes of a response with status 200, in order.
  /// - Throws: `DataError` of kind `transferFailed` without libcurl, `refused` without memory or
  ///   file descriptors.
  init(
    address: String, limits: DownloadLimits, consume: @escaping HTTPDownload.Consumer
  ) throws(DataError) {
    do throws(SystemRefusal) {
      try SystemRefusal.requireDescriptors(Self.descriptors)
    } catch {
      throw DataError(.refused, "\(address): \(error)")
    }
    if let error = curl_load_error() {
      throw LibraryProblem(text: String(cString: error)).error(
        address: address, isLimited: MemoryLimit.smallest() != nil)
    }
    guard let handle = curl_open() else {
      throw DataError(
        .refused,
        "\(address): the system refused memory for a download (\(MemoryLimit.explanation))")
    }
    self.handle = handle
    self.address = address
    target = address
    self.limits = limits
    self.consume = consume
    pace = TransferPace(limits: limits)
  }

  deinit { curl_close(handle) }

  /// The file descriptors that libcurl may open at a time: libraries and certificates, those of
  /// name resolution, and a connection.
  private static let descriptors = 8

  /// Requests an address and waits for the end of the response.
  ///
  /// - Parameter url: An http or https address.
  /// - Returns: Where the response redirects to; nil after a complete response with status 200.
  /// - Throws: `DataError` of kind `transferFailed` or `refused`; what `consume` throws.
  func perform(_ url: URL) throws(DataError) -> String? {
    header = ResponseHeader()
    location = nil
    target = url.withoutPassword
    var text = [CChar](repeating: 0, count: 256)
    var receiver = curl_receiver(
      context: Unmanaged.passUnretained(self).toOpaque(),
      header: { context, bytes, count in
        HTTPTransfer.from(context).receiveHeader(UnsafeRawBufferPointer(start: bytes, count: count))
      },
      body: { context, bytes, count in
        HTTPTransfer.from(context).receive(UnsafeRawBufferPointer(start: bytes, count: count))
      },
      wait: { context in HTTPTransfer.from(context).isInTime() })
    let result = curl_request(handle, url.absoluteString, &receiver, &text, text.count)
    if let error { throw error }
    if let location { return location }
    switch result {
    case curl_complete: return nil
    case curl_out_of_memory: throw withoutMemory
    default:
      if let problem = proxyProblem { throw failure(problem) }
      let bytes = text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
      let reason = String(decoding: bytes, as: UTF8.self).withoutProxy(
        of: url, environment: ProcessInfo.processInfo.environment)
      throw failure("found an error, expected the whole file: \(reason)")
    }
  }

  /// The error where libcurl reports that it has no memory: it does so for a line that is too long
  /// as well.
  private var withoutMemory: DataError {
    guard MemoryLimit.smallest() == nil else {
      return DataError(
        .refused,
        "\(address): libcurl has no memory for the response, or found a line that is too long "
          + "(\(MemoryLimit.explanation))")
    }
    return failure("found a line of the response that is too long, expected a shorter one")
  }

  /// An error that names the address, and where it redirected to.
  func failure(_ problem: String) -> DataError {
    let place = target == address ? address : "\(address), redirected to \(target.shortened)"
    return DataError(.transferFailed, "\(place): \(problem)")
  }
}

// MARK: - What libcurl calls

// The results say whether the transfer is to go on.
extension HTTPTransfer {
  private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer {
    guard let context else { preconditionFailure("`perform` passes the transfer") }
    return Unmanaged.fromOpaque(context).takeUnretainedValue()
  }

  private func isInTime() -> Bool {
    error = error ?? (proxyProblem ?? pace.problem(byteCount: byteCount)).map(failure)
    return error == nil
  }

  private func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    headerByteCount += line.count
    if headerByteCount > limits.headerBytes {
      error = failure(
        "found more than \(limits.headerBytes) bytes of headers, expected at most "
          + "\(limits.headerBytes)")
      return false
    }
    header.add(String(decoding: line, as: UTF8.self))
    let status = curl_response_status(handle)
    // A response that only says that another one follows; 101 does not say that.
    if !header.isComplete || 100..<200 ~= status && status != 101 { return true }
    if [301, 302, 303, 307, 308].contains(status) {
      location = header.location.map(String.init) ?? ""
      return false
    }
    error = problem(status: status).map(failure)
    return error == nil
  }

  /// What is wrong with the answer of a proxy that was asked for a tunnel.
  ///
  /// libcurl would receive its body first, which may be without end.
  private var proxyProblem: String? {
    let status = curl_proxy_status(handle)
    return status < 300 ? nil : "the proxy: \(Self.unexpected(status))"
  }

  private static func unexpected(_ status: Int) -> String {
    let hint = status == 401 || status == 407 ? ": a password is asked for" : ""
    return "expected HTTP status 200, found \(status)\(hint)"
  }

  private func problem(status: Int) -> String? {
    guard status == 200 else { return Self.unexpected(status) }
    guard let announced = header.announcedLength else { return nil }
    guard announced.allSatisfy({ ("0"..."9").contains($0) }) else {
      return "the server announces the length '\(announced.prefix(40))', expected a number of bytes"
    }
    guard let length = header.length, length <= limits.bytes else {
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
