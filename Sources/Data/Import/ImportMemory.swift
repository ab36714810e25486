import Files
import ImageData

/// Refuses images that the memory cannot hold, before any of it is reserved.
enum ImportMemory {
  /// Throws if images take more memory than there is.
  ///
  /// - Parameters:
  ///   - count: The number of images.
  ///   - size: Their size.
  ///   - held: The bytes that are kept in memory beside them, such as the images that they are
  ///     copied from.
  ///   - name: Where they are, for messages.
  /// - Throws: `DataError` of kind `refused`.
  static func require(
    _ count: Int, of size: ImageSize, beside held: Int = 0, name: String
  ) throws(DataError) {
    let (product, isTooLarge) = count.multipliedReportingOverflow(by: size.valueCount)
    let (bytes, overflows) = product.addingReportingOverflow(held)
    let limit = DataMemory.limit
    guard !isTooLarge, !overflows, UInt64(bytes) <= limit else {
      let beside = held > 0 ? ", with \(held) bytes that they are made of," : ""
      throw DataError(
        .refused,
        "\(name): \(count) images of \(size)\(beside) need "
          + "\(isTooLarge || overflows ? "more than 2^63" : "\(bytes)") bytes of memory, and there "
          + "are \(limit)")
    }
  }
}
