import ArgumentParser
import Foundation
import ImageData
import Machine
import Model
import Parallel
import Scaling
import Training

/// Measures training steps against the rate of a large matrix product in the same process.
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
      try numbers(threads, "--threads").map { threads in
        try StepCase(
          dataset: dataset, batchSize: batch,
          shardSize: min(shardSizes.count == 1 ? shardSizes[0] : shardSizes[index], batch),
          threads: threads)
      }
    }
    var roofline: [Double] = []
    let machine = GEMMProbe(team: try WorkerTeam(count: 1, coreCount: 1))
    for _ in 0..<rounds {
      roofline.append(machine.measure(seconds: 0.5).bestOfOneWorker)
      for stepCase in cases { stepCase.measure(seconds: seconds) }
    }
    let rate = roofline.sorted()[roofline.count / 2]
    let report = Report(
      openblas: OpenBLAS.version, core: OpenBLAS.coreName, cores: UsableCPUs.current().count,
      dataset: dataset.name, rooflineGigaflops: rate, rooflines: roofline,
      cases: cases.map { $0.result(gigaflopsPerThread: rate) })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    print(String(decoding: try encoder.encode(report), as: UTF8.self))
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
  let openblas: String
  let core: String
  let cores: Int
  let dataset: String
  let rooflineGigaflops: Double
  let rooflines: [Double]
  let cases: [CaseResult]
}
