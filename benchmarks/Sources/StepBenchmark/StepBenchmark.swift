import ArgumentParser
import Foundation
import ImageData
import Machine
import Model
import Parallel
import Scaling
import Training

/// Measures training steps of both engines against the FMA peak in the same process.
@main
struct StepBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step-benchmark",
    abstract: "Samples a second and time by stage, for batch sizes and thread counts, as JSON.")

  @Option(help: "Batch sizes, separated by commas.")
  var batchSize = "128,512,1024,4096"

  @Option(help: "Thread counts, separated by commas.")
  var threads = "1,2"

  @Option(help: "Shard size for each batch size, separated by commas; one is for all.")
  var shardSize = "64"

  @Option(help: "Engines, separated by commas.")
  var engine = "native,openblas"

  @Option(help: "Rounds over all configurations, one after the other.")
  var rounds = 5

  @Option(help: "Seconds of steps of each configuration in a round.")
  var seconds = 0.5

  @Option(help: "A directory with the four IDX files.")
  var data: String?

  func run() throws {
    _ = try BLASCoreSelection.load(option: nil)
    let location = try DatasetLocator.locate(
      dataset: nil, directory: data, environment: ProcessInfo.processInfo.environment)
    let dataset = try Dataset.load(from: location)
    let shardSizes = try numbers(shardSize, "--shard-size")
    let cases = try numbers(batchSize, "--batch-size").enumerated().flatMap { index, batch in
      try numbers(threads, "--threads").flatMap { threads in
        try engines.map { engine in
          try StepCase(
            dataset: dataset, engine: engine, batchSize: batch,
            shardSize: min(shardSizes.count == 1 ? shardSizes[0] : shardSizes[index], batch),
            threads: threads)
        }
      }
    }
    let product = try OpenBLASProduct()
    var (peaks, products): ([Double], [Double]) = ([], [])
    for _ in 0..<rounds {
      peaks.append(FMAPeak.measure(seconds: 0.5).bestOfOneWorker)
      products.append(product.gigaflops(seconds: 0.5))
      for stepCase in cases { stepCase.measure(seconds: seconds) }
    }
    let peak = peaks.sorted()[peaks.count / 2]
    let report = Report(
      openblas: LibraryResult(
        version: OpenBLAS.version, core: OpenBLAS.coreName,
        productGigaflops: products.sorted()[products.count / 2], products: products),
      instructionSet: InstructionSet.inUse.rawValue, cores: UsableCPUs.current().count,
      dataset: dataset.name, peakGigaflops: peak, peaks: peaks,
      cases: cases.map { $0.result(gigaflopsPerThread: peak) })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    print(String(decoding: try encoder.encode(report), as: UTF8.self))
  }

  private var engines: [Engine] {
    get throws {
      try engine.split(separator: ",").map { name in
        guard let engine = Engine(rawValue: String(name)) else {
          throw ValidationError("--engine: found \(name), expected native or openblas")
        }
        return engine
      }
    }
  }

  private func numbers(_ list: String, _ option: String) throws -> [Int] {
    try list.split(separator: ",").map { part in
      guard let number = Int(part), number > 0 else {
        throw ValidationError("\(option): found \(part), expected whole numbers above 0")
      }
      return number
    }
  }
}

/// What the command prints.
struct Report: Encodable {
  let openblas: LibraryResult
  /// That of the native engine, and of the peak.
  let instructionSet: String
  let cores: Int
  let dataset: String
  /// The FMA peak of a thread: the median of `peaks`, one a round.
  let peakGigaflops: Double
  let peaks: [Double]
  let cases: [CaseResult]
}

/// OpenBLAS, and the rate of its product of 1024 x 1024 matrices on one thread.
struct LibraryResult: Encodable {
  let version: String
  let core: String
  /// The median of `products`, one a round.
  let productGigaflops: Double
  let products: [Double]
}
