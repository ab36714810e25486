import CZip
import ImageData

/// Reads members of a zip file, by libzip.
///
/// Members are found by their exact names and given to the caller: no name in the file becomes a path.
final class ZipArchive {
  /// The name that messages use.
  let name: String
  private let archive: OpaquePointer

  // No known file is larger; a damaged size must not fill the disk.
  private static let largestMember = 1 << 30
  private static let chunkSize = 1 << 20

  /// Opens a zip file and reads its directory.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - name: The name that messages use.
  /// - Throws: `DataError` of kind `invalid` with libzip's reason.
  init(path: String, name: String) throws(DataError) {
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
      var error = zip_error_t()
      zip_error_init_with_code(&error, code)
      defer { zip_error_fini(&error) }
      throw DataError(
        .invalid, "\(name): expected a zip file: \(String(cString: zip_error_strerror(&error)))")
    }
    self.archive = archive
    self.name = name
  }

  deinit { zip_discard(archive) }

  /// Reads a member, and checks its CRC-32.
  ///
  /// - Parameters:
  ///   - member: The member's name.
  ///   - body: Called with each part in order; the part is valid only during the call.
  /// - Throws: `DataError` of kind `invalid` with the member and libzip's reason; what `body` throws.
  func read(
    _ member: String, _ body: (UnsafeRawBufferPointer) throws(DataError) -> Void
  ) throws(DataError) {
    func failure(_ reason: String) -> DataError {
      DataError(.invalid, "\(name): \(member): \(reason)")
    }
    var status = zip_stat_t()
    guard zip_stat(archive, member, 0, &status) == 0 else {
      throw failure(
        "expected this file in the zip file, found \(zip_get_num_entries(archive, 0)) others: "
          + String(cString: zip_strerror(archive)))
    }
    guard status.size <= Self.largestMember else {
      throw failure("found \(status.size) bytes, expected at most \(Self.largestMember)")
    }
    guard let file = zip_fopen_index(archive, status.index, 0) else {
      throw failure(String(cString: zip_strerror(archive)))
    }
    defer { zip_fclose(file) }
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkSize, alignment: 64)
    defer { chunk.deallocate() }
    var size = 0
    while true {
      let count = Int(zip_fread(file, chunk.baseAddress, UInt64(chunk.count)))
      guard count >= 0 else {
        throw failure(
          "after \(size) of \(status.size) bytes: \(String(cString: zip_file_strerror(file)))")
      }
      if count == 0 { break }
      size += count
      try body(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
    guard size == Int(status.size) else {
      throw failure("found \(size) bytes, expected \(status.size)")
    }
  }
}
