import Foundation
import TestSupport
import Testing

@testable import ImageData

@Suite("Images in a file")
struct ImageReaderTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test("in IDX are read one after the other, plain or packed", arguments: [false, true])
  func idxFile(packed: Bool) throws {
    // More than the buffers hold.
    let bytes = imageFile(count: 300, rows: 28, columns: 30)
    let images = try folder.readImages(packed ? gzip(bytes) : bytes)
    #expect(images.count == 300)
    #expect(images.allSatisfy { $0.rows == 28 && $0.columns == 30 })
    #expect(images.flatMap(\.pixels) == samplePixels(300 * 28 * 30))
  }

  @Test("larger than any buffer are read whole")
  func large() throws {
    let images = try folder.readImages(gzip(imageFile(count: 2, rows: 1024, columns: 1023)))
    #expect(images.flatMap(\.pixels) == samplePixels(2 * 1024 * 1023))
  }

  @Test("in IDX are returned before an error after them is found, if the size is unknown")
  func damageBehind() throws {
    let bytes = gzip(idx(dimensions: [3, 4, 5], data: samplePixels(50)))
    let reader = try ImageReader(path: folder.write(bytes, to: "images"))
    var pixels = [UInt8](repeating: 0, count: 20)
    func read() throws {
      try pixels.withUnsafeMutableBufferPointer { memory throws(DataError) in
        _ = try reader.nextSize()
        try reader.readPixels(into: memory)
      }
    }
    try read()
    try read()
    #expect(pixels == Array(samplePixels(40)[20...]))
    let error = dataError { try read() }
    #expect(
      error?.description.contains(
        "declares 3 images of 4 x 5, which is 60 bytes of pixels; found 50")
        == true)
  }

  @Test("in a plain IDX file of the wrong size are refused at once")
  func plainSize() throws {
    for data in [samplePixels(59), samplePixels(61)] {
      let path = try folder.write(idx(dimensions: [3, 4, 5], data: data), to: "images")
      let error = dataError { _ = try ImageReader(path: path) }
      #expect(error?.description.contains("is 60 bytes of pixels; found \(data.count)") == true)
    }
  }

  @Test("in IDX with more data after them are refused at the end")
  func excess() {
    let bytes = gzip(idx(dimensions: [3, 4, 5], data: samplePixels(61)))
    #expect(folder.imageProblem(bytes).contains("found 61 or more"))
  }

  @Test("are refused if the content is not images, with its first bytes")
  func otherContent() throws {
    for (bytes, found) in [
      (Array("%PDF-1.7".utf8), "25 50 44 46 (\"%PDF\")"),
      ([0xff, 0xd8, 0xff, 0xe0], "ff d8 ff e0"),
      (Array("P4 1 1\n".utf8), "50 34 20 31 (\"P4 1\")"), ([0x0a], "0a"),
      (gzip(Array("GIF89a".utf8)), "byte 0 of the unpacked data: found 47 49 46 38 (\"GIF8\")"),
    ] {
      let problem = folder.imageProblem(bytes)
      #expect(problem.contains("found \(found)") || problem.contains(found), "\(problem)")
      #expect(problem.contains("expected images: IDX"))
    }
    #expect(
      folder.imageProblem(labelFile([UInt8](repeating: 1, count: 20))).contains("found 1 (labels)"))
    #expect(folder.imageProblem([]).contains("the file is empty"))
  }

  @Test("are refused if there is no file, or a directory")
  func noFile() {
    #expect(dataError { _ = try ImageReader(path: folder.path("none")) }?.kind == .notFound)
    let error = dataError { _ = try ImageReader(path: folder.url.path()) }
    #expect(error?.description.contains("found a directory, expected a file") == true)
  }

  @Test("can be read from a named pipe")
  func pipe() throws {
    let path = folder.path("pipe")
    try #require(mkfifo(path, 0o600) == 0)
    let bytes = imageFile(count: 300, rows: 28, columns: 28)
    // Opening waits for the reader.
    Thread.detachNewThread { FileHandle(forWritingAtPath: path)?.write(Data(bytes)) }
    #expect(try readImages(path: path).flatMap(\.pixels) == Array(bytes[16...]))
  }

  /// A small file of each format.
  static let samples: [(name: String, bytes: [UInt8])] = [
    ("IDX", imageFile(count: 3)), ("packed IDX", gzip(imageFile(count: 3))),
    ("raw PGM", Array("P5\n# c\n5 4 200\n".utf8) + samplePixels(20).map { $0 % 200 }),
    ("plain PGM", Array("P2 3 2 9\n0 1 2 9 8 7\n".utf8)),
    ("raw PPM", Array("P6 3 2 255\n".utf8) + samplePixels(18)),
    ("IDX with channels", imageFile(count: 2, channels: 3)),
    ("PNG", PNGFile.gray(rows: 4, columns: 5, samplePixels(20)).bytes),
  ]

  @Test(
    "truncated at any byte, or with bytes changed, are read or refused, and nothing else",
    arguments: samples.indices)
  func damage(sample: Int) throws {
    let bytes = Self.samples[sample].bytes
    var noise = Noise()
    let truncated = bytes.indices.map { Array(bytes[..<$0]) }
    let flipped = (0..<1000).map { _ in
      var damaged = bytes
      for _ in 0...Int(noise.next() % 3) {
        damaged[Int(noise.next()) % bytes.count] ^= UInt8(
          truncatingIfNeeded: 1 + noise.next() % 255)
      }
      return damaged
    }
    for damaged in truncated + flipped {
      do {
        let images = try folder.readImages(damaged)
        #expect(images.allSatisfy { $0.pixels.count == $0.rows * $0.columns * $0.channels })
      } catch let error as DataError {
        #expect(error.kind == .invalid)
        #expect(error.description.hasPrefix(folder.path("images")))
      }
    }
  }
}

/// Numbers that look random and are the same in every run (splitmix64).
struct Noise {
  private var state: UInt64 = 7

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return (z ^ (z >> 31)) >> 1
  }
}
