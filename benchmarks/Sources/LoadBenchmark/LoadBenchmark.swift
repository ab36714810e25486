import ArgumentParser
import CZlibReference
import Foundation
import ImageData

/// Measures loading a data set against zlib inflating its largest file.
@main
struct LoadBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load-benchmark",
    abstract: "Milliseconds to load a data set, and to inflate its largest file alone, as JSON.")

  @Option(help: "A directory with the four IDX files.")
  var data: String?

  @Option(help: "Rounds, each of one load and one inflation.")
  var rounds = 11

  private struct Report: Encodable {
    let dataset: String
    let loadMilliseconds: Double
    let inflateMilliseconds: Double
    let ratio: Double
  }

  func run() throws {
    let location = try DatasetLocator.locate(
      dataset: nil, directory: data, environment: ProcessInfo.processInfo.environment)
    let files = try location.files().values.map { path in
      try Data(contentsOf: URL(fileURLWithPath: path))
    }
    guard let largest = files.max(by: { $0.count < $1.count }), largest.starts(with: [0x1f, 0x8b])
    else { throw ValidationError("\(location.directory): the largest file is not packed") }
    var loads: [Double] = []
    var inflations: [Double] = []
    for _ in 0..<rounds {
      var start = ContinuousClock.now
      let dataset = try Dataset.load(from: location)
      loads.append((ContinuousClock.now - start) / .milliseconds(1))
      start = ContinuousClock.now
      let byteCount = try inflated(largest)
      inflations.append((ContinuousClock.now - start) / .milliseconds(1))
      guard byteCount > dataset.training.count else {
        throw ValidationError("\(location.directory): inflated too little")
      }
    }
    let load = loads.sorted()[rounds / 2]
    let inflation = inflations.sorted()[rounds / 2]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    print(
      String(
        decoding: try encoder.encode(
          Report(
            dataset: location.name, loadMilliseconds: load, inflateMilliseconds: inflation,
            ratio: load / inflation)), as: UTF8.self))
  }

  /// Inflates a gzip member into one piece of memory, checksum included; returns the bytes.
  private func inflated(_ packed: Data) throws -> Int {
    var stream = z_stream()
    guard
      inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw ValidationError("zlib cannot start") }
    defer { inflateEnd(&stream) }
    var size: UInt32 = 0
    withUnsafeMutableBytes(of: &size) { $0.copyBytes(from: packed.suffix(4)) }
    let output = UnsafeMutablePointer<UInt8>.allocate(capacity: Int(size))
    defer { output.deallocate() }
    return try packed.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
      stream.next_in = UnsafeMutablePointer(
        mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
      stream.avail_in = UInt32(bytes.count)
      stream.next_out = output
      stream.avail_out = size
      guard inflate(&stream, Z_FINISH) == Z_STREAM_END else {
        throw ValidationError("zlib cannot inflate the file in one go")
      }
      return Int(stream.total_out)
    }
  }
}
