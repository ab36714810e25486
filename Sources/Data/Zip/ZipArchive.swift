import CZip
import Files
import Glibc
import ImageData

/// Reads members of a zip file, by libzip.
///
/// Members are found by their exact names and given to the caller: no name in the file becomes a
/// path.
package final class ZipArchive {
  /// The name that messages use.
  package let name: String
  let archive: OpaquePointer

  // No known file is larger; a damaged size must not fill the disk.
  private static let largestMember = 1 << 30
  private static let chunkSize = 1 << 20
  private static let maximumNames = 1 << 16

  /// Opens a zip file and reads its directory.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - name: The name that messages use.
  /// - Throws: `DataError` of kind `invalid` with libzip's reason; of kind `unreadable` or
  ///   `notFound` if the system refuses to open or read the file; of kind `refused` if a limit of
  ///   the process is the reason.
  package init(path: String, name: String) throws(DataError) {
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    // Unlike zip_open, these two keep the error of the system.
    guard let source = zip_source_file_create(path, 0, -1, &error) else {
      throw Self.failure(&error, of: name)
    }
    guard let archive = zip_open_from_source(source, ZIP_RDONLY, &error) else {
      zip_source_free(source)
      throw Self.failure(&error, of: name)
    }
    self.archive = archive
    self.name = name
  }

  private static func failure(_ error: inout zip_error_t, of name: String) -> DataError {
    failure(
      zip_error_code_zip(&error), system: zip_error_code_system(&error), of: name,
      content: "expected a zip file: \(String(cString: zip_error_strerror(&error)))")
  }

  /// The error for a code of libzip.
  ///
  /// - Parameters:
  ///   - code: libzip's code.
  ///   - system: The value of `errno` that belongs to it.
  ///   - name: The zip file, or the zip file and the member.
  ///   - content: What is wrong if the content of the file is the reason.
  /// - Returns: The error: of kind `refused`, `notFound` or `unreadable` if the system is the
  ///   reason, otherwise `invalid`.
  static func failure(
    _ code: CInt, system: CInt, of name: String, content: String
  ) -> DataError {
    switch code {
    case ZIP_ER_MEMORY: .system(.unreadable, cannot: "be read", name, code: ENOMEM)
    case ZIP_ER_NOENT: .system(.unreadable, cannot: "be read", name, code: ENOENT)
    case ZIP_ER_OPEN, ZIP_ER_READ: .system(.unreadable, cannot: "be read", name, code: system)
    default: DataError(.invalid, "\(name): \(content)")
    }
  }

  deinit { zip_discard(archive) }

  /// The names of the members, in their order; of very many, the first ones.
  package var memberNames: [String] {
    let count = min(zip_get_num_entries(archive, 0), zip_int64_t(Self.maximumNames))
    return (0..<max(0, count)).compactMap { index in
      zip_get_name(archive, zip_uint64_t(index), 0).map { String(cString: $0) }
    }
  }

  /// Reads a member, and checks its CRC-32.
  ///
  /// - Parameters:
  ///   - member: The member's name.
  ///   - body: Called with each part in order; the part is valid only during the call.
  /// - Throws: `DataError` of kind `invalid` with the member and libzip's reason; of kind
  ///   `unreadable` or `refused` if the system is the reason; what `body` throws.
  package func read(
    _ member: String, _ body: (UnsafeRawBufferPointer) throws(DataError) -> Void
  ) throws(DataError) {
    let file = try ZipMember(member, of: self)
    guard file.size <= Self.largestMember else {
      throw file.invalid("found \(file.size) bytes, expected at most \(Self.largestMember)")
    }
    let chunk = try allocatePart(Self.chunkSize, of: file.name)
    defer { free(chunk.baseAddress) }
    while true {
      let count = try file.fill(chunk)
      if count > 0 { try body(UnsafeRawBufferPointer(rebasing: chunk[..<count])) }
      if count < chunk.count { return }
    }
  }
}
