import TestSupport
import Testing

@testable import ImageData

@Suite("A gzip file")
struct GzipFileTests {
  let directory: TemporaryFolder
  let content = samplePixels(1000)

  init() throws {
    directory = try TemporaryFolder()
  }

  /// What a file of these bytes unpacks to.
  func unpack(_ bytes: [UInt8], name: String = "file.gz", chunkSize: Int = 64) throws -> [UInt8] {
    let path = try directory.write(bytes, to: name)
    var unpacked: [UInt8] = []
    try GzipFile.read(path: path, chunkSize: chunkSize) { chunk throws(DataError) in
      unpacked += chunk
    }
    return unpacked
  }

  @Test(
    "unpacks to what was packed, whatever the level and the chunks",
    arguments: [Int32(0), 1, 9], [1, 7, 1000, 1 << 20])
  func roundTrip(level: Int32, chunkSize: Int) throws {
    #expect(try unpack(gzip(content, level: level), chunkSize: chunkSize) == content)
  }

  @Test("larger than every buffer on the way unpacks to what was packed")
  func large() throws {
    let large = samplePixels(3_000_000)
    #expect(try unpack(gzip(large, level: 0), chunkSize: 1 << 20) == large)
    #expect(try unpack(gzip(large), chunkSize: 1_000_003) == large)
  }

  @Test("may consist of several members, empty ones among them")
  func members() throws {
    let parts = [gzip(Array(content[..<300])), gzip([]), gzip(Array(content[300...]))]
    #expect(try unpack(parts.flatMap { $0 }) == content)
  }

  @Test("is recognized by its content, not by its name")
  func plainName() throws {
    #expect(try unpack(gzip(content), name: "file") == content)
    #expect(try unpack(content, name: "plain") == content)
  }

  @Test("truncated at any byte is an error that names the byte")
  func truncation() throws {
    let packed = gzip(Array(content[..<100])) + gzip(Array(content[100..<200]))
    let firstMember = gzip(Array(content[..<100])).count
    for size in 1..<packed.count where size != firstMember {
      let error = dataError { _ = try unpack(Array(packed[..<size])) }
      #expect(error?.kind == .invalid)
      #expect(error?.description.contains("truncated at byte \(size)") == true)
    }
  }

  @Test("with any one byte changed is refused, or unpacks to the same if the byte has no effect")
  func corruption() throws {
    let original = Array(content[..<120])
    let packed = gzip(original)
    // Time, compression hint and system say nothing about the content; nor does "probably text".
    let meaningless = Set(4...9)
    for index in packed.indices {
      for change in [0xff, 1, 2, 4, 8, 16, 32, 64, 128] as [UInt8] {
        var damaged = packed
        damaged[index] ^= change
        var unpacked: [UInt8]?
        let error = dataError { unpacked = try unpack(damaged) }
        #expect(error?.kind == .invalid || unpacked == original, "byte \(index) ^ \(change)")
        if meaningless.contains(index) { #expect(unpacked == original, "byte \(index)") }
        if index < 3 || index >= packed.count - 8 { #expect(error != nil, "byte \(index)") }
      }
    }
  }

  @Test("with a wrong CRC is refused with both values")
  func wrongCRC() throws {
    var packed = gzip(content)
    packed.replaceSubrange((packed.count - 8)..<(packed.count - 4), with: [0x78, 0x56, 0x34, 0x12])
    let text = dataError { _ = try unpack(packed) }?.description ?? ""
    #expect(text.contains("byte \(packed.count - 8)"))
    #expect(text.contains("CRC-32 is \(String(crc(content), radix: 16))"))
    #expect(text.contains("says 12345678"))
  }

  @Test("with a wrong length is refused with both values")
  func wrongLength() throws {
    var packed = gzip(content)
    packed.replaceSubrange((packed.count - 4)..., with: [0xe9, 3, 0, 0])
    let text = dataError { _ = try unpack(packed) }?.description ?? ""
    #expect(text.contains("byte \(packed.count - 4)"))
    #expect(text.contains("has 1000 bytes"))
    #expect(text.contains("says 1001"))
  }

  @Test(
    "followed by something else is refused with the place",
    arguments: [[0], [0x1f], [0x1f, 0x8c, 8], Array("trailing".utf8)] as [[UInt8]])
  func garbage(_ tail: [UInt8]) throws {
    let packed = gzip(content)
    let error = dataError { _ = try unpack(packed + tail) }
    #expect(error?.kind == .invalid)
    let place = tail == [0x1f] ? "truncated at byte \(packed.count + 1)" : "byte \(packed.count):"
    #expect(error?.description.contains(place) == true)
  }

  @Test("that is a web page is refused with its first characters")
  func webPage() throws {
    let page = Array("<!DOCTYPE html><html><body>Not here</body></html>".utf8)
    let error = dataError { _ = try unpack(page) }
    #expect(error?.kind == .invalid)
    #expect(
      error?.description.contains("file.gz: byte 0: expected gzip (1f 8b), found 3c 21") == true)
    #expect(error?.description.contains("<!DOCTYPE html>") == true)
    #expect(error?.description.contains("web page") == true)
  }

  @Test("that was never packed is refused for its name")
  func neverPacked() throws {
    let error = dataError { _ = try unpack(labelFile([1, 2, 3])) }
    #expect(error?.description.contains("an IDX file that is not packed") == true)
  }

  @Test("that is empty is refused")
  func empty() throws {
    let error = dataError { _ = try unpack([]) }
    #expect(error?.kind == .invalid)
    #expect(error?.description.contains("the file is empty") == true)
  }

  @Test("that does not exist is not found, unlike a directory or a file that the system refuses")
  func unreadable() throws {
    func error(_ path: String) -> DataError? {
      dataError { try GzipFile.read(path: path) { _ throws(DataError) in } }
    }
    let missing = error("\(directory.path)/none.gz")
    #expect(missing?.kind == .notFound)
    #expect(missing?.description.contains("none.gz") == true)
    let folder = error(directory.path)
    #expect(folder?.kind == .invalid)
    #expect(folder?.description.contains("found a directory") == true)
    // The system opens this one and refuses to read it, to root too.
    let refused = error("/proc/self/mem")
    #expect(refused?.kind == .unreadable)
    #expect(refused?.description.contains("/proc/self/mem: cannot be read") == true)
    let device = error("/dev/null")
    #expect(device?.description.contains("found a device, expected a regular file") == true)
  }
}
