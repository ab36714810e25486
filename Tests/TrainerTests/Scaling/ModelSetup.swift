@testable import Model
@testable import Scaling
@testable import Training

/// A cost model of made-up figures: 8 shards of 64 rows on one worker, a second a stage.
struct ModelSetup {
  var stages: [StageKind: Double] = [
    .gather: 1, .forward: 4, .merge: 0, .backward: 2, .update: 3, .wait: 0, .other: 0,
  ]
  var batchSize = 512
  var shardSize = 64
  /// 10^9 operations a second by workers.
  var peak: [Int: Double] = [1: 100, 2: 200]
  var barriers: [Int: Double] = [1: 1e-12, 2: 1e-12]
  var bandwidth: [Int: Double] = [1: 1e30, 2: 2e30]
  /// For workers beside others.
  var lineTransferSeconds: Double? = 0
  var cores = 2
  var cacheBytes = 1 << 40
  var products: [Int: NetworkProbe.Products] = [:]
  var optimizerSeconds = 1.0

  /// Its tiles and columns can be halved and quartered.
  static let network = Network(
    Architecture(
      input: Shape(28, 28, 1), Perceptron(dropout: 0), classCount: 128), seed: 0, engine: .native)
  static let shape = StepShape(network: network, optimizer: .adam)

  /// A point whose rate is what its stages come to.
  func point(threads: Int = 1, batchSize: Int? = nil, rate: Double? = nil) -> ScalingPoint {
    let batchSize = batchSize ?? self.batchSize
    let times = StageTimes(steps: 1, seconds: stages)
    func estimate(_ value: Double) -> Estimate { Estimate(median: value, low: nil, high: nil) }
    return ScalingPoint(
      configuration: MeasuredConfiguration(
        threads: threads, batchSize: batchSize, shardSize: shardSize),
      isOversubscribed: threads > cores, sharesCores: false,
      samplesPerSecond: estimate(rate ?? Double(batchSize) / times.total), speedup: estimate(1),
      efficiency: estimate(1), serialFraction: nil, peakShare: estimate(1), stages: times,
      digest: "", measurements: [])
  }

  func series(_ points: [ScalingPoint]) -> ScalingSeries {
    ScalingSeries(
      batchSize: batchSize, shardSize: shardSize, points: points, amdahl: nil, universal: nil)
  }

  func machine() throws -> MachineConstants {
    try MachineConstants(
      probes: Dictionary(
        uniqueKeysWithValues: peak.keys.map {
          (
            $0,
            MachineProbe(
              peakGigaflops: peak[$0] ?? 0, barrierSeconds: barriers[$0] ?? 0,
              memoryBandwidth: bandwidth[$0] ?? 0,
              lineTransferSeconds: $0 > 1 ? lineTransferSeconds : nil)
          )
        }), cores: cores, cacheBytes: cacheBytes)
  }

  var probe: NetworkProbe {
    NetworkProbe(products: products, optimizerSeconds: optimizerSeconds)
  }

  /// The seconds that the model predicts.
  func step(
    machines: Int = 1, workers: Int, cores: Int? = nil, batchSize: Int? = nil,
    shardSize: Int? = nil, link: NetworkLink? = nil
  ) throws -> [CostModel.Part: Double] {
    let model = try CostModel(
      point: point(), shape: Self.shape, network: probe, machine: try machine())
    return model.step(
      CostModel.Target(
        machines: machines, workers: workers, cores: cores ?? workers,
        batchSize: batchSize ?? self.batchSize, shardSize: shardSize ?? self.shardSize),
      link: link)
  }
}

/// Whether two figures are the same except for rounding.
func isNear(_ a: Double?, _ b: Double) -> Bool {
  guard let a else { return false }
  return abs(a - b) <= 1e-9 * max(abs(a), abs(b)) + 1e-15
}
