import Files
import ImageData

/// The header of an NPY file: the type and the shape of an array.
///
/// Source: the format's specification, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
struct NPYHeader: Equatable, Sendable {
  /// The type of the values, for example `|u1` or `<i8`.
  let type: String
  /// The dimensions.
  let shape: [Int]
  /// The number of bytes before the first value.
  let size: Int

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  private static let versions: ClosedRange<UInt8> = 1...3
  // NumPy itself refuses longer ones.
  private static let longestText = 10_000

  /// Reads a header.
  ///
  /// - Parameters:
  ///   - name: The file, for messages.
  ///   - read: Takes the next bytes; fewer at the end.
  /// - Throws: What `read` throws; `DataError` of kind `invalid` with the position, what was found
  ///   and what was expected. Values in Fortran's order, the first index changing fastest, are
  ///   refused.
  init(
    name: String, read: (_ count: Int) throws(DataError) -> [UInt8]
  ) throws(DataError) {
    func invalid(_ problem: String) -> DataError { DataError(.invalid, "\(name): \(problem)") }
    let start = try read(8)
    guard start.starts(with: Self.magic), start.count == 8 else {
      throw invalid(
        "byte 0: found \(start.isEmpty ? "the end" : hexadecimal(start)), expected an NPY file "
          + "(\(hexadecimal(Self.magic)))")
    }
    guard Self.versions.contains(start[6]) else {
      throw invalid("byte 6: found version \(start[6]) of the format, expected 1, 2 or 3")
    }
    let lengthSize = start[6] == 1 ? 2 : 4
    let lengthBytes = try read(lengthSize)
    guard lengthBytes.count == lengthSize else {
      throw invalid("byte 8: found the end, expected the length of the header")
    }
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.longestText else {
      throw invalid(
        "byte 8: found a header of \(length) bytes, expected at most \(Self.longestText)")
    }
    let text = try read(length)
    size = 8 + lengthSize + length
    guard text.count == length else {
      throw invalid(
        "byte \(8 + lengthSize): found the end after \(text.count) bytes, expected a header of "
          + "\(length)")
    }
    var parser = NPYHeaderText(text, offset: 8 + lengthSize, name: name)
    let fields = try parser.dictionary()
    guard case .text(let type) = fields["descr"],
      case .truth(let isFortran) = fields["fortran_order"],
      case .numbers(let shape) = fields["shape"]
    else {
      throw invalid(
        "byte \(8 + lengthSize): found the keys \(fields.keys.sorted().joined(separator: ", ")), "
          + "expected a text `descr`, a truth value `fortran_order` and a tuple `shape`")
    }
    guard !isFortran else {
      throw invalid(
        "found an array in Fortran's order, expected C's order (numpy.ascontiguousarray)")
    }
    self.type = type
    self.shape = shape
  }

  /// The shape as Python writes it.
  var shapeText: String { Self.text(shape) }

  /// A shape as Python writes it.
  static func text(_ shape: [Int]) -> String {
    "(\(shape.map(String.init).joined(separator: ", "))\(shape.count == 1 ? "," : ""))"
  }
}
