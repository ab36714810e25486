import CZlib

/// zlib could not compress an image.
package struct CompressionError: Error, CustomStringConvertible {
  /// The error code of zlib.
  let code: Int32

  /// Whether it has not enough memory.
  package var isRefusal: Bool { code == Z_MEM_ERROR }

  /// What zlib could not do, and why.
  package var description: String {
    isRefusal
      ? "zlib has no memory to compress an image for a page"
      : "zlib cannot compress an image for a page: code \(code)"
  }
}
