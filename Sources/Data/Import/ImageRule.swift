import Files
import ImageData

/// The requirements on the images of a folder, and what is made of them.
struct ImageRule: Sendable {
  /// The size of the images that are made.
  let size: ImageSize
  /// The size that images must have, if they are not resized or if it was asked for; without
  /// channels.
  private let required: ImageSize?
  /// Whether `required` was asked for, rather than found in the first image.
  private let isRequested: Bool
  /// Whether images are made gray or colored.
  private let converts: Bool
  /// The first image.
  private let first: String

  /// Takes what is not asked for from the first image.
  ///
  /// - Parameters:
  ///   - folder: The training images.
  ///   - request: The request.
  /// - Throws: `DataError` for the first image.
  init(firstOf folder: ImageFolder, _ request: ImportRequest) throws(DataError) {
    let path = folder.files.first.map(folder.path) ?? folder.path
    let (_, found) = try Self.open(path, wantsColor: nil)
    let sides = request.resized ?? request.size ?? found
    let channels = request.channels ?? request.size?.channels ?? found.channels
    size = ImageSize(rows: sides.rows, columns: sides.columns, channels: channels)
    required = request.size ?? (request.resized == nil ? found : nil)
    isRequested = request.size != nil
    converts = request.channels != nil
    first = path
    guard size.isAllowed else {
      let change = found == size ? "," : ", which would become \(size);"
      throw DataError(
        .invalid,
        "\(path): found an image of \(found)\(change) expected at most \(ImageSize.limits)")
    }
  }

  /// Opens a file and reads up to the pixels of its image.
  private static func open(
    _ path: String, wantsColor: Bool?
  ) throws(DataError) -> (ImageReader, ImageSize) {
    let reader = try ImageReader(path: path, wantsColor: wantsColor, allowsPipes: false)
    guard !reader.isIDX else {
      throw DataError(.invalid, "\(path): found an IDX file, expected an image in PNG, PGM or PPM")
    }
    guard let size = try reader.nextSize() else {
      throw DataError(.invalid, "\(path): found no image, expected one")
    }
    return (reader, size)
  }

  /// Reads one image.
  ///
  /// - Parameters:
  ///   - path: The file, which must have one image.
  ///   - pixels: Receives the values (rows, columns, channels) of `size`.
  /// - Throws: `DataError`: `unreadable`, or `invalid` with the file, what was found and what was
  ///   expected.
  func read(_ path: String, into pixels: UnsafeMutableBufferPointer<UInt8>) throws(DataError) {
    let (reader, found) = try Self.open(path, wantsColor: converts ? size.channels == 3 : nil)
    try check(found, path)
    if found == size {
      try reader.readPixels(into: pixels)
    } else {
      try convert(found, from: reader, into: pixels)
    }
    // What follows an image must be another one; its reader tells where it is not.
    if reader.isSequence, try reader.nextSize() != nil {
      throw DataError(.invalid, "\(path): found more than one image, expected one in each file")
    }
  }

  /// Reads an image that is gray or of another size.
  private func convert(
    _ found: ImageSize, from reader: ImageReader, into pixels: UnsafeMutableBufferPointer<UInt8>
  ) throws(DataError) {
    var image = [UInt8](repeating: 0, count: found.valueCount)
    try image.withUnsafeMutableBufferPointer { memory throws(DataError) in
      try reader.readPixels(into: memory)
    }
    if found.channels < size.channels { image = image.flatMap { [$0, $0, $0] } }
    let resizer = ImageResizer(
      from: ImageSize(rows: found.rows, columns: found.columns, channels: size.channels), to: size)
    if let target = pixels.baseAddress { resizer.resize(image, into: target) }
  }

  private func check(_ found: ImageSize, _ path: String) throws(DataError) {
    if let required, (found.rows, found.columns) != (required.rows, required.columns) {
      let reason: Message = isRequested ? "by \(setting: "size")" : "as in \(first)"
      let hint: Message = isRequested ? "" : "; \(setting: "resize") gives all images one size"
      throw DataError(
        .invalid,
        "\(path): found \(found.rows) x \(found.columns) pixels, expected \(required.rows) x "
          + "\(required.columns) \(reason)\(hint)")
    }
    if found.channels == size.channels || found.channels == 1 && converts { return }
    guard !converts else {
      throw DataError(
        .invalid,
        "\(path): found a color image in PPM, expected a gray one: only PNG images are made gray")
    }
    func words(_ channels: Int) -> String { channels == 1 ? "a gray image" : "a color image" }
    let reason: Message = isRequested ? "by \(setting: "size")" : "as in \(first)"
    throw DataError(
      .invalid,
      "\(path): found \(words(found.channels)), expected \(words(size.channels)) \(reason); "
        + "\(setting: "channels") makes all images gray or colored")
  }
}
