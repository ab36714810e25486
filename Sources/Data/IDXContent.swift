/// The type of the values in an IDX file, which its third byte names.
enum IDXElement: UInt8, Sendable {
  case unsignedByte = 0x08
  case signedByte = 0x09
  case integer16 = 0x0b
  case integer32 = 0x0c
  case float32 = 0x0d
  case float64 = 0x0e

  /// The number of bytes of a value; larger ones have the highest byte first.
  var size: Int {
    switch self {
    case .unsignedByte, .signedByte: 1
    case .integer16: 2
    case .integer32, .float32: 4
    case .float64: 8
    }
  }

  var name: String {
    switch self {
    case .unsignedByte: "unsigned byte"
    case .signedByte: "signed byte"
    case .integer16: "16-bit integer"
    case .integer32: "32-bit integer"
    case .float32: "32-bit floating point"
    case .float64: "64-bit floating point"
    }
  }
}

/// The content of an IDX file of the MNIST family.
enum IDXContent: Sendable {
  /// Bytes in three dimensions, samples, rows and columns; or in four, the last of them channels.
  case images
  /// Bytes in one dimension; or 32-bit integers in one dimension or, as in QMNIST, two: samples, and the
  /// class with seven other numbers.
  case labels

  /// The number of integers of a sample in labels of two dimensions; the first is the class.
  static let labelColumns = 8

  var unit: String { self == .images ? "pixels" : "labels" }

  /// The types that its values may have.
  var elements: [IDXElement] {
    self == .images ? [.unsignedByte] : [.unsignedByte, .integer32]
  }

  /// The numbers of dimensions that a file with values of a type may have.
  func dimensionCounts(of element: IDXElement) -> ClosedRange<Int> {
    switch (self, element) {
    case (.images, _): 3...4
    case (.labels, .integer32): 1...2
    case (.labels, _): 1...1
    }
  }

  /// The number of bytes of the longest header.
  static let longestHeader = headerSize(dimensionCount: 4)

  /// The number of bytes before the first pixel or label, which the third and fourth byte determine.
  ///
  /// - Parameter bytes: The first bytes of the file; of fewer than four the shortest header is assumed.
  /// - Returns: The size of the header.
  func headerSize(startingWith bytes: [UInt8]) -> Int {
    let element = bytes.count > 3 ? IDXElement(rawValue: bytes[2]) : nil
    let counts = dimensionCounts(of: element ?? .unsignedByte)
    let found = bytes.count > 3 ? Int(bytes[3]) : 0
    return Self.headerSize(dimensionCount: counts.contains(found) ? found : counts.lowerBound)
  }

  static func headerSize(dimensionCount: Int) -> Int { 4 + 4 * dimensionCount }
}
