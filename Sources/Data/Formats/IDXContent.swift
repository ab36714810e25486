/// The content of an IDX file of the MNIST family.
enum IDXContent: Sendable {
  /// Bytes in three dimensions, samples, rows and columns; or in four, the last of them channels.
  case images
  /// Bytes in one dimension; or 32-bit integers in one dimension or, as in QMNIST, two: samples,
  /// and the class with seven other numbers.
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

  /// The number of bytes before the first pixel or label, which the third and fourth byte
  /// determine.
  ///
  /// - Parameter bytes: The first bytes of the file; of fewer than four the shortest header is
  ///   assumed.
  /// - Returns: The size of the header.
  func headerSize(startingWith bytes: [UInt8]) -> Int {
    let element = bytes.count > 3 ? IDXElement(rawValue: bytes[2]) : nil
    let counts = dimensionCounts(of: element ?? .unsignedByte)
    let found = bytes.count > 3 ? Int(bytes[3]) : 0
    return Self.headerSize(dimensionCount: counts.contains(found) ? found : counts.lowerBound)
  }

  static func headerSize(dimensionCount: Int) -> Int { 4 + 4 * dimensionCount }
}
