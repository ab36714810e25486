import Files

/// Rewrites published IDX files that differ from those of MNIST, so that every reader of data sets
/// takes them as they are.
package enum UsualForm {
  /// Swaps rows and columns of every image.
  ///
  /// - Parameters:
  ///   - source: A file of images, gzip or plain.
  ///   - name: The name of the source in messages.
  ///   - target: The new file to write, as gzip.
  /// - Throws: `DataError`: as reading throws it; `unwritable` if the target cannot be written.
  package static func transposeImages(
    from source: String, name: String, to target: AtomicFile
  ) throws(DataError) {
    let stream = try UnpackedStream(path: source, name: name)
    let header = try IDXHeader(content: .images, path: name) { count throws(DataError) in
      try stream.read(count)
    }
    let size = header.imageSize
    let output = try GzipOutput(target)
    // The start, the number of images, columns, rows and perhaps channels.
    let bytes = header.bytes
    let swapped = bytes[..<8] + bytes[12..<16] + bytes[8..<12] + bytes[16...]
    try output.write(Array(swapped))
    var transposed = [UInt8](repeating: 0, count: size.valueCount)
    for index in 0..<header.count {
      let image = try stream.read(size.valueCount)
      guard image.count == size.valueCount else {
        throw header.mismatch(
          path: name, content: .images, found: "\(index * size.valueCount + image.count)")
      }
      for row in 0..<size.rows {
        for column in 0..<size.columns {
          for channel in 0..<size.channels {
            transposed[(column * size.rows + row) * size.channels + channel] =
              image[(row * size.columns + column) * size.channels + channel]
          }
        }
      }
      try output.write(transposed)
    }
    try output.finish()
  }

  /// Makes labels count from 0.
  ///
  /// - Parameters:
  ///   - source: A file of labels, gzip or plain.
  ///   - name: The name of the source in messages.
  ///   - first: The label of class 0.
  ///   - target: The new file to write, as gzip with a byte for each label.
  /// - Throws: `DataError`: as reading throws it, `invalid` for a smaller label; `unwritable` if
  ///   the target cannot be written.
  package static func lowerLabels(
    from source: String, name: String, first: UInt8, to target: AtomicFile
  ) throws(DataError) {
    let file = try IDXFile(path: source, content: .labels, name: name)
    if let sample = file.data.firstIndex(where: { $0 < first }) {
      throw .invalid(
        name,
        "byte \(file.header.position(ofSample: sample)) of the unpacked data: found label "
          + "\(file.data[sample]) of sample \(sample), expected at least \(first)")
    }
    let output = try GzipOutput(target)
    try output.write([0, 0, IDXElement.unsignedByte.rawValue, 1] + file.header.bytes[4..<8])
    try output.write(file.data.map { $0 - first })
    try output.finish()
  }
}
