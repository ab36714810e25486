import Files
import ImageData

/// The forms of images that are imported.
enum SourceKind: Sendable {
  /// A folder with a folder of images for each class.
  case folder
  /// A text file with a line for each image: a label and the values of pixels.
  case csv
  /// A zip file of NumPy arrays.
  case npz

  private static let headSize = 512
  // A member comes first, or the end of an empty file.
  private static let zipStarts: [[UInt8]] = [[0x50, 0x4b, 3, 4], [0x50, 0x4b, 5, 6]]
  private static let gzipStart: [UInt8] = [0x1f, 0x8b]

  /// Finds out the form from a file's first bytes.
  ///
  /// - Parameter path: A file or folder.
  /// - Throws: `DataError`: `notFound`, `unreadable`, or `invalid` for another form.
  init(of path: String) throws(DataError) {
    if try Self.isFolder(path) {
      self = .folder
      return
    }
    var head = [UInt8](repeating: 0, count: Self.headSize)
    let count = try DataError.wrapping { () throws(FileError) in
      let file = try InputFile(path: path)
      return try head.withUnsafeMutableBufferPointer { bytes throws(FileError) in
        try file.read(into: UnsafeMutableRawBufferPointer(bytes))
      }
    }
    head.removeSubrange(count...)
    if Self.zipStarts.contains(where: { head.starts(with: $0) }) {
      self = .npz
    } else if head.starts(with: Self.gzipStart) || !head.contains(0) && head.first != 0x93 {
      self = .csv
    } else if let zero = head.firstIndex(of: 0), Self.isText(head[..<zero]) {
      throw DataError(
        .invalid, "\(path): byte \(zero): found 00, expected a CSV file, which is text in UTF-8")
    } else {
      throw DataError(
        .invalid,
        "\(path): byte 0: found \(hexadecimal(head.prefix(4))), expected a folder with a folder of "
          + "images for each class, a CSV file, or an NPZ file (50 4b 03 04)")
    }
  }

  /// Whether bytes, at least one, are ASCII letters, digits, punctuation and white space.
  private static func isText(_ bytes: some Collection<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy { 0x20..<0x7f ~= $0 || 0x09...0x0d ~= $0 }
  }

  private static func isFolder(_ path: String) throws(DataError) -> Bool {
    try DataError.wrapping { () throws(FileError) in
      try FileError.wrapping(path, .read) { () throws(SystemError) in
        try FileSystems.current.status(path, followingLink: true).kind == .folder
      }
    }
  }

  /// Refuses what has no meaning for a source of this form, or cannot be.
  ///
  /// - Parameter request: The request.
  /// - Throws: `DataError` of kind `usage`.
  func check(_ request: ImportRequest) throws(DataError) {
    let settings: [(name: String, isGiven: Bool, kinds: [SourceKind])] = [
      ("test-source", request.testSource != nil, [.folder, .csv]),
      ("channels", request.channels != nil, [.folder]),
      ("validation-set", request.validationUse != nil, [.folder, .npz]),
    ]
    for setting in settings where setting.isGiven && !setting.kinds.contains(self) {
      throw DataError(
        .usage, "\(setting: setting.name) has no meaning for \(request.source), \(words)")
    }
    if self == .folder { try Self.checkChannels(request) }
    try Self.checkSize(request)
  }

  /// Refuses settings that together ask for images of more values than can be loaded.
  private static func checkSize(_ request: ImportRequest) throws(DataError) {
    guard let size = request.requestedSize, !size.isAllowed else { return }
    let sides = request.resized == nil ? "size" : "resize"
    let channels = request.channels == nil ? "size" : "channels"
    throw DataError(
      .usage,
      "\(setting: sides) and \(setting: channels) ask for images of \(size), expected at most "
        + "\(ImageSize.limits)")
  }

  /// Refuses numbers of channels that no image of a folder has.
  private static func checkChannels(_ request: ImportRequest) throws(DataError) {
    guard let size = request.size, ![1, 3].contains(size.channels) else { return }
    throw DataError(
      .usage,
      "\(setting: "size") is \(size.compact), but an image of a folder has 1 or 3 channels")
  }

  private var words: String {
    switch self {
    case .folder: "a folder of images"
    case .csv: "a CSV file"
    case .npz: "an NPZ file"
    }
  }

  /// Reads all images.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - progress: Called with progress.
  /// - Returns: The images, as far as the source divides them.
  /// - Throws: `DataError`.
  func read(
    _ request: ImportRequest, progress: @escaping @Sendable (ImportProgress) -> Void
  ) throws(DataError) -> ImportedSource {
    switch self {
    case .folder: return try ImageFolderSource(request, progress: progress).read()
    case .csv:
      let training = try CSVFile(path: request.source, size: request.size).read(progress)
      let test = try request.testSource.map { path throws(DataError) in
        try CSVFile(path: path, size: training.size).read(progress)
      }
      return try ImportedSource(training: training, test: test).resized(to: request.resized)
    case .npz:
      return try NPZFile(path: request.source, size: request.size).read(progress)
        .resized(to: request.resized)
    }
  }
}
