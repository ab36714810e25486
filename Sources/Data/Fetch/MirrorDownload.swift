import Files
import Foundation
import ImageData

/// Gets published files from the first mirror that has them.
struct MirrorDownload {
  /// Addresses of directories, the preferred one first.
  private let mirrors: [URL]
  private let limits: DownloadLimits
  private let progress: (FetchProgress) -> Void

  /// Checks the addresses.
  ///
  /// - Parameters:
  ///   - mirrors: Addresses of directories with scheme http, https or file, the preferred one
  ///     first.
  ///   - limits: The limits for one file.
  ///   - progress: Called with progress.
  /// - Throws: `DataError` of kind `usage` for an invalid address.
  init(
    mirrors: [String], limits: DownloadLimits,
    progress: @escaping (FetchProgress) -> Void
  ) throws(DataError) {
    self.mirrors = try mirrors.map { mirror throws(DataError) in try Self.address(mirror) }
    self.limits = limits
    self.progress = progress
  }

  private static func address(_ mirror: String) throws(DataError) -> URL {
    if let url = URL(string: mirror), let scheme = url.scheme?.lowercased() {
      let host = url.host() ?? ""
      let path = url.path(percentEncoded: true)
      let isLocal = ["", "localhost"].contains(host.lowercased()) && PathText.isAbsolute(path)
      if scheme == "file" ? isLocal : ["http", "https"].contains(scheme) && !host.isEmpty {
        // Foundation has no path for the bytes of other encodings.
        guard scheme != "file" || path.removingPercentEncoding != nil else {
          throw DataError(
            .usage,
            "mirror '\(url.withoutPassword)': found a path that is not UTF-8 when it is decoded, "
              + "expected one in UTF-8")
        }
        return url
      }
    }
    // A password ends with an @, or what may mean one. Signs after the last @ may belong to it.
    let scheme = mirror.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
    let start =
      mirror[scheme.endIndex...].hasPrefix("://")
      ? mirror.index(scheme.endIndex, offsetBy: 3) : mirror.startIndex
    let sign = mirror.lastIndex(of: "@")
    let rest = mirror[(sign.map(mirror.index(after:)) ?? start)...]
    let doubtful = sign == nil ? "%＠﹫" : ":%＠﹫"
    let isSafe = !rest.contains { doubtful.contains($0) }
    let shown = isSafe ? sign.map { "…" + mirror[$0...] } ?? mirror : mirror[..<start] + "…"
    throw DataError(
      .usage,
      "mirror '\(shown)': expected an address that starts with https://HOST/, http://HOST/ or file:///"
    )
  }

  /// Downloads a file and lets it be used.
  ///
  /// After a failure of the transfer, or of the content, the next mirror is asked. All other
  /// failures, such as a full disk, would be the same with every mirror.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - name: The final name; the file is written beside it under a temporary one.
  ///   - folder: The directory.
  ///   - use: Takes the complete file and its address, and may commit it; otherwise it is removed.
  /// - Returns: What `use` returns, and the address.
  /// - Throws: `DataError`: that of the last mirror, of kind `transferFailed`; `unwritable`,
  ///   `refused`, or what else `use` throws.
  func get<Value>(
    _ file: PublishedFile, to name: String, in folder: FetchFolder,
    use: (_ partial: AtomicFile, _ source: String) throws(DataError) -> Value
  ) throws(DataError) -> (value: Value, source: String) {
    var failure = DataError(.transferFailed, "\(file.name): found no mirror, expected at least one")
    for (index, mirror) in mirrors.enumerated() {
      if index > 0 { progress(.mirrorFailed(name: file.name, failure)) }
      // Not a directory: otherwise a slash is appended if there is one of the name.
      let url = mirror.appending(path: file.name, directoryHint: .notDirectory)
      let partial = try folder.newFile(name)
      defer { partial.discard() }
      do throws(DataError) {
        try transfer(url, name: file.name, into: partial)
        return (try use(partial, url.withoutPassword), url.withoutPassword)
      } catch {
        guard [.transferFailed, .invalid].contains(error.kind) else { throw error }
        failure = DataError(.transferFailed, error.message, missing: error.missing)
      }
    }
    throw failure
  }

  /// Copies the content of an address to a file.
  private func transfer(
    _ url: URL, name: String, into partial: AtomicFile
  ) throws(DataError) {
    let source = url.withoutPassword
    var total = 0
    let consume: HTTPDownload.Consumer = { bytes, announced throws(DataError) in
      total += bytes.count
      guard max(total, announced ?? 0) <= limits.bytes else {
        throw DataError(
          .transferFailed,
          "\(source): found more than \(limits.bytes) bytes, which no known data set's file has")
      }
      try DataError.writing { () throws(FileError) in try partial.write(bytes) }
      progress(.received(name: name, from: source, bytes: total, expected: announced))
    }
    if url.isFileURL {
      try Self.copy(path: url.path(percentEncoded: false), consume)
    } else {
      try HTTPDownload.run(url, limits: limits, consume: consume)
    }
  }

  private static func copy(
    path: String, _ consume: HTTPDownload.Consumer
  ) throws(DataError) {
    let input = try reading { () throws(DataError) in
      try DataError.wrapping { () throws(FileError) in try InputFile(path: path) }
    }
    let chunk = try allocatePart(1 << 20, of: path)
    defer { free(chunk.baseAddress) }
    while true {
      let count = try reading { () throws(DataError) in try input.readData(into: chunk) }
      if count == 0 { return }
      try consume(UnsafeRawBufferPointer(rebasing: chunk[..<count]), input.size)
    }
  }

  /// Reads from a mirror in the file system: what is missing or damaged there is a failed transfer.
  private static func reading<Value: ~Copyable>(
    _ body: () throws(DataError) -> Value
  ) throws(DataError) -> Value {
    do throws(DataError) {
      return try body()
    } catch {
      throw error.kind == .refused ? error : DataError(.transferFailed, error.message)
    }
  }
}
