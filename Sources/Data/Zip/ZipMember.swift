import CZip
import Files
import ImageData

/// A member of a zip file, read from start to end.
package final class ZipMember {
  /// The unpacked size that the zip file declares, in bytes; possible for the packed size.
  package let size: Int
  /// The zip file and the member, for messages.
  package let name: String
  private let archive: ZipArchive
  private let file: OpaquePointer
  private var position = 0

  /// Opens a member.
  ///
  /// - Parameters:
  ///   - member: The member's exact name.
  ///   - archive: The zip file.
  /// - Throws: `DataError` of kind `invalid` with the member and libzip's reason, or if its size is
  ///   not possible; of kind `unreadable` or `refused` if the system is the reason.
  package init(_ member: String, of archive: ZipArchive) throws(DataError) {
    let name = "\(archive.name): \(member)"
    var status = zip_stat_t()
    guard zip_stat(archive.archive, member, 0, &status) == 0 else {
      let others = zip_get_num_entries(archive.archive, 0)
      let reason = String(cString: zip_strerror(archive.archive))
      throw DataError(
        .invalid,
        "\(name): expected this file in the zip file, found \(others) "
          + "other\(others == 1 ? "" : "s"): \(reason)")
    }
    let (most, overflows) = status.comp_size.multipliedReportingOverflow(
      by: zip_uint64_t(Deflate.largestExpansion))
    let method = Int32(status.comp_method)
    // Of other methods it is not known how much they can unpack.
    guard [ZIP_CM_STORE, ZIP_CM_DEFLATE].contains(method) else {
      throw DataError(
        .invalid,
        "\(name): found compression method \(method), expected 0 (stored) or 8 (deflated)")
    }
    let isPossible =
      method == ZIP_CM_STORE
      ? status.size == status.comp_size : overflows || status.size <= most
    guard isPossible, let size = Int(exactly: status.size) else {
      throw DataError(
        .invalid,
        "\(name): found \(status.comp_size) packed bytes, which cannot be the \(status.size) bytes "
          + "that the zip file declares")
    }
    guard let file = zip_fopen_index(archive.archive, status.index, 0) else {
      let error = zip_get_error(archive.archive)
      throw ZipArchive.failure(
        zip_error_code_zip(error), system: zip_error_code_system(error), of: name,
        content: "expected a member that can be unpacked: "
          + String(cString: zip_error_strerror(error)))
    }
    self.size = size
    self.name = name
    self.archive = archive
    self.file = file
  }

  deinit { zip_fclose(file) }

  /// Fills a buffer with the next bytes.
  ///
  /// - Parameter buffer: Receives the bytes.
  /// - Returns: The number of bytes: all that fit, or fewer at the end, after the CRC-32 was
  ///   checked.
  /// - Throws: `DataError` of kind `invalid` with libzip's reason; of kind `unreadable` or `refused`
  ///   if the system is the reason.
  package func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = Int(zip_fread(file, rest.baseAddress, UInt64(rest.count)))
      guard count >= 0 else {
        let error = zip_file_get_error(file)
        throw ZipArchive.failure(
          zip_error_code_zip(error), system: zip_error_code_system(error), of: name,
          content: "after \(position) of \(size) bytes: "
            + String(cString: zip_error_strerror(error)))
      }
      if count == 0 { break }
      filled += count
      position += count
      guard position <= size else {
        throw invalid("found \(position) bytes or more, expected \(size)")
      }
    }
    guard filled == buffer.count || position == size else {
      throw invalid("found \(position) bytes, expected \(size)")
    }
    return filled
  }

  /// Creates an error in the content.
  ///
  /// - Parameter problem: What was found, and what was expected.
  /// - Returns: The error, which names the zip file and the member.
  package func invalid(_ problem: String) -> DataError {
    DataError(.invalid, "\(name): \(problem)")
  }
}
