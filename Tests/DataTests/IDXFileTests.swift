import TestSupport
import Testing

@testable import ImageData

@Suite("An IDX file")
struct IDXFileTests {
  let directory: TemporaryFolder

  init() throws {
    directory = try TemporaryFolder()
  }

  /// Reads bytes as a plain or a packed file.
  func read(_ bytes: [UInt8], as content: IDXContent, packed: Bool) throws -> IDXFile {
    let path = try directory.write(packed ? gzip(bytes) : bytes, to: packed ? "file.gz" : "file")
    return try IDXFile(path: path, content: content)
  }

  /// The message of reading bytes, which must be refused as invalid.
  func refusal(_ bytes: [UInt8], as content: IDXContent, packed: Bool) -> String {
    let error = dataError { _ = try read(bytes, as: content, packed: packed) }
    return error?.kind == .invalid ? error?.description ?? "" : "not refused"
  }

  @Test("of images has its pixels in order, plain or packed", arguments: [false, true])
  func images(packed: Bool) throws {
    let file = try read(imageFile(count: 3, rows: 4, columns: 5), as: .images, packed: packed)
    #expect(file.header.count == 3)
    #expect(file.header.imageSize == ImageSize(rows: 4, columns: 5))
    #expect(Array(file.data) == samplePixels(60))
  }

  @Test("of labels has its labels in order, plain or packed", arguments: [false, true])
  func labels(packed: Bool) throws {
    let file = try read(labelFile([3, 0, 255, 9]), as: .labels, packed: packed)
    #expect(Array(file.data) == [3, 0, 255, 9])
  }

  @Test("large enough for huge pages has its pixels in order")
  func large() throws {
    let bytes = imageFile(count: 5000, rows: 28, columns: 30)
    let file = try read(bytes, as: .images, packed: true)
    #expect(file.data.elementsEqual(bytes[16...]))
  }

  @Test("larger than the memory is refused before memory is reserved", arguments: [false, true])
  func memory(packed: Bool) throws {
    let bytes = imageFile(count: 5000, rows: 28, columns: 30)
    let error = DataMemory.$testedLimit.withValue(4_199_999) {
      dataError { _ = try read(bytes, as: .images, packed: packed) }
    }
    #expect(error?.kind == .refused)
    let words = "4200000 bytes need more memory than there is, 4199999 bytes ("
    #expect(error?.description.contains(": \(words)") == true, "\(error?.description ?? "")")
    let count = try DataMemory.$testedLimit.withValue(4_200_000) {
      try read(bytes, as: .images, packed: packed).data.count
    }
    #expect(count == 4_200_000)
  }

  @Test("split over gzip members inside its header and its data is read as one")
  func members() throws {
    let bytes = imageFile(count: 3)
    let path = try directory.write(
      gzip(Array(bytes[..<6])) + gzip(Array(bytes[6..<40])) + gzip(Array(bytes[40...])),
      to: "file.gz")
    #expect(try Array(IDXFile(path: path, content: .images).data) == samplePixels(60))
  }

  @Test("packed and truncated at any byte is an error that names the byte")
  func truncation() throws {
    let packed = gzip(imageFile(count: 3))
    for size in packed.indices {
      let path = try directory.write(Array(packed[..<size]), to: "file.gz")
      let error = dataError { _ = try IDXFile(path: path, content: .images) }
      #expect(error?.kind == .invalid)
      let expected = size == 0 ? "the file is empty" : "truncated at byte \(size):"
      #expect(error?.description.contains(expected) == true, "\(error?.description ?? "none")")
    }
  }

  @Test("plain and truncated at any byte is an error")
  func plainTruncation() throws {
    let bytes = imageFile(count: 3)
    for size in bytes.indices {
      let message = refusal(Array(bytes[..<size]), as: .images, packed: false)
      let expected =
        size == 0
        ? "empty"
        : size < 16
          ? "truncated IDX header: found \(size) bytes, expected 16"
          : "is 60 bytes of pixels; found \(size - 16)"
      #expect(message.contains(expected))
    }
  }

  @Test("with any one packed byte changed is refused, or reads the same")
  func corruption() throws {
    let packed = gzip(imageFile(count: 3))
    for index in packed.indices {
      for change in [0xff, 1, 2, 4, 8, 16, 32, 64, 128] as [UInt8] {
        var damaged = packed
        damaged[index] ^= change
        let path = try directory.write(damaged, to: "file.gz")
        var pixels: [UInt8]?
        let error = dataError {
          pixels = try Array(IDXFile(path: path, content: .images).data)
        }
        #expect(
          error?.kind == .invalid || pixels == samplePixels(60), "byte \(index) ^ \(change)")
      }
    }
  }

  @Test("with a wrong magic number, type or dimension count is refused", arguments: [false, true])
  func magic(packed: Bool) throws {
    var bytes = imageFile(count: 3)
    bytes[1] = 7
    #expect(
      refusal(bytes, as: .images, packed: packed)
        .contains(
          "byte 0: expected the IDX magic number 00 00 08 03 or 00 00 08 04, found 00 07 08 03"))
    let floats = idx(type: 0x0d, dimensions: [1, 1, 1], data: [0, 0, 0, 0])
    #expect(
      refusal(floats, as: .images, packed: packed)
        .contains("byte 2: expected IDX element type 08 (unsigned byte), found 0d"))
    #expect(
      refusal(labelFile(Array(repeating: 1, count: 20)), as: .images, packed: packed)
        .contains("byte 3: expected 3 or 4 IDX dimensions (images), found 1 (labels)"))
    #expect(
      refusal(imageFile(count: 1), as: .labels, packed: packed)
        .contains("byte 3: expected 1 IDX dimension (labels), found 3 (images)"))
  }

  @Test("that declares more than it can hold is refused before memory is allocated")
  func promises() throws {
    let huge: UInt32 = .max
    // 4 PiB: a reservation would fail or end the process.
    let images = idx(dimensions: [huge, 1024, 1024], data: [])
    #expect(
      refusal(images, as: .images, packed: true)
        .contains("is 4503599626321920 bytes of pixels; found 32 packed bytes, which unpack to at"))
    #expect(refusal(images, as: .images, packed: false).contains("bytes of pixels; found 0"))
    let labels = idx(dimensions: [huge], data: [1])
    #expect(refusal(labels, as: .labels, packed: true).contains("4294967295 labels"))
    #expect(refusal(labels, as: .labels, packed: false).contains("bytes of labels; found 1"))
  }

  @Test(
    "of images without a size from 1 to 1024 is refused",
    arguments: [(0, 5), (5, 0), (1025, 1), (1, 1025), (UInt32.max, UInt32.max)])
  func sizes(rows: UInt32, columns: UInt32) throws {
    let message = refusal(
      idx(dimensions: [1, rows, columns], data: [1]), as: .images, packed: true)
    let place = (1...1024).contains(rows) ? "byte 12" : "byte 8"
    #expect(message.contains(place))
    #expect(message.contains("expected 1 to 1024"))
  }

  @Test("of the largest images is read")
  func largestImages() throws {
    let file = try read(
      imageFile(count: 2, rows: 1024, columns: 1024), as: .images, packed: true)
    #expect(file.data.count == 2 << 20)
  }

  @Test("without samples is refused")
  func noSamples() throws {
    #expect(
      refusal(idx(dimensions: [0, 4, 5], data: []), as: .images, packed: true)
        .contains("byte 4: found 0 images, expected at least 1"))
    #expect(
      refusal(labelFile([]), as: .labels, packed: false)
        .contains("byte 4: found 0 labels, expected at least 1"))
  }

  @Test("that holds less or more than its header declares is refused with both numbers")
  func amounts() throws {
    let less = idx(dimensions: [4, 4, 5], data: samplePixels(60))
    #expect(
      refusal(less, as: .images, packed: true)
        .contains("declares 4 images of 4 x 5, which is 80 bytes of pixels; found 60"))
    #expect(refusal(less, as: .images, packed: false).contains("is 80 bytes of pixels; found 60"))
    let more = idx(dimensions: [2], data: [1, 2, 3])
    #expect(
      refusal(more, as: .labels, packed: true)
        .contains("declares 2 labels, which is 2 bytes of labels; found 3 or more"))
    #expect(refusal(more, as: .labels, packed: false).contains("is 2 bytes of labels; found 3"))
  }

  @Test("that would unpack to gigabytes more than it declares is refused at the first excess byte")
  func bomb() throws {
    // 64 members of 4 MiB of zeros in 300 kB.
    let zeros = gzip([UInt8](repeating: 0, count: 4 << 20))
    let path = try directory.write(
      gzip(labelFile([1])) + [[UInt8]](repeating: zeros, count: 64).flatMap { $0 }, to: "file.gz")
    let error = dataError { _ = try IDXFile(path: path, content: .labels) }
    #expect(error?.description.contains("is 1 bytes of labels; found 2 or more") == true)
  }
}
