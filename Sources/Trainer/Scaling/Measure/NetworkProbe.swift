import Model
import Parallel
import Training

/// The measured cost of a network's step on one thread, by shard size.
///
/// The step's own products run on a fixed number of rows, so differences show the effect of the
/// shard size.
package struct NetworkProbe: Codable, Sendable, Equatable {
  /// Times of products on one thread, in seconds per sample.
  package struct Products: Codable, Sendable, Equatable {
    /// The forward products of all layers.
    package var forward: Double
    /// The gradients with respect to the layers' inputs.
    package var inputGradients: Double
    /// The gradients with respect to the weights, summed over the blocks.
    package var weightGradients: Double

    /// The sum of the three.
    package var total: Double { forward + inputGradients + weightGradients }

    private enum CodingKeys: String, CodingKey {
      case forward
      case inputGradients = "input_gradients"
      case weightGradients = "weight_gradients"
    }
  }

  /// The times by shard size, in rows.
  package var products: [Int: Products]
  /// The time in seconds in which one thread updates all parameters.
  package var optimizerSeconds: Double

  private enum CodingKeys: String, CodingKey {
    case products
    case optimizerSeconds = "optimizer_seconds"
  }
}

extension NetworkProbe {
  /// The time of some products per sample, interpolated between probed shard sizes.
  ///
  /// - Parameters:
  ///   - products: Which products.
  ///   - shardRows: The rows of a shard.
  /// - Returns: The time in seconds; of the nearest probed size beyond the ends.
  package func seconds(
    _ products: KeyPath<Products, Double>, shardRows: Int
  ) -> Double {
    let sizes = self.products.keys.sorted()
    func value(_ size: Int) -> Double { self.products[size].map { $0[keyPath: products] } ?? 0 }
    guard let upper = sizes.first(where: { $0 >= shardRows }) else {
      return sizes.last.map(value) ?? 0
    }
    guard let lower = sizes.last(where: { $0 < shardRows }) else { return value(upper) }
    let position = Double(shardRows - lower) / Double(upper - lower)
    return value(lower) + position * (value(upper) - value(lower))
  }

  /// The default shard sizes.
  package static let usualShardSizes = [8, 16, 32, 64, 128]
  /// The floating-point operations of a step of the probe, and the rows that make a small
  /// network's.
  private static let stepFlops = 1 << 31
  private static let usualRows = 512

  /// Times steps of the network on artificial images, and the optimizer alone.
  ///
  /// Shard sizes take turns, so that a change of the machine's speed affects all of them.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - optimizer: The update rule.
  ///   - shardSizes: The shard sizes in rows, at least one, each at least 1.
  ///   - rounds: The number of turns of each size, at least 1; by default 9, and 3 of long steps.
  /// - Returns: The minimum over the rounds: disturbances only make a step longer, and the
  ///   differences between sizes matter.
  /// - Throws: `SystemRefusal` or `OpenBLASError`.
  package static func measure(
    network: Network, optimizer: Optimizer, shardSizes: [Int] = usualShardSizes, rounds: Int? = nil
  ) throws -> NetworkProbe {
    let sizes = Set(shardSizes).sorted()
    let rows = max(min(stepFlops / network.trainingFlopsPerSample, usualRows), sizes.last ?? 1)
    // Long steps are disturbed less than short ones.
    let rounds = rounds ?? (rows * network.trainingFlopsPerSample > 4 * stepFlops ? 3 : 9)
    precondition(sizes.first ?? 0 >= 1 && rounds >= 1, "a shard has a row, and a size its turn")
    let team = try WorkerTeam(count: 1, coreCount: 1)
    let state = ModelState(
      network: network, seed: 0, optimizerStateCount: optimizer.kind.stateCount)
    let images = MadeUpImages(rows: rows, pixelCount: network.layers[0].inputShape.count)
    let probed = sizes.map { size in
      let profile = StageProfile(network: network, workerCount: 1, capacity: 0)
      let step = BatchComputation(
        state: state, team: team, batchCapacity: rows, shardSize: .rows(size), profile: profile)
      return (size: size, step: step, profile: profile)
    }
    var costs: [Int: [[StageKind: Double]]] = [:]
    var updates: [Double] = []
    for round in 0...rounds {
      for (size, step, profile) in probed {
        step.parametersChanged()
        let before = profile.secondsByKind
        run(step, batch: images.batch)
        // The first round is not timed: it allocates memory and OpenBLAS's buffers.
        if round == 0 { continue }
        let after = profile.secondsByKind
        costs[size, default: []].append(
          after.merging(before) { ($0 - $1) / Double(rows) })
      }
      let update = optimizer.step(number: 100, gradientScale: 1 / Float(rows))
      let elapsed = seconds(of: update, on: probed[0].step)
      if round > 0 { updates.append(elapsed) }
    }
    return withExtendedLifetime(images) {
      NetworkProbe(
        products: costs.mapValues { rounds in
          func least(_ kind: StageKind) -> Double {
            rounds.reduce(.infinity) { min($0, $1[kind, default: 0]) }
          }
          return Products(
            forward: least(.forward), inputGradients: least(.backward),
            weightGradients: least(.update))
        }, optimizerSeconds: updates.reduce(.infinity, min))
    }
  }

  /// Runs a step that keeps its gradients in the buffer.
  private static func run(_ computation: BatchComputation, batch: Batch) {
    computation.team.run { worker in
      computation.begin(worker: worker)
      _ = computation.run(worker: worker, batch: batch, use: .store)
      computation.end(worker: worker)
    }
  }

  /// The time in seconds of an update with the gradients in the buffer.
  private static func seconds(of update: OptimizerStep, on computation: BatchComputation) -> Double
  {
    let start = ContinuousClock.now
    computation.team.run { worker in computation.apply(update, worker: worker) }
    return (ContinuousClock.now - start) / .seconds(1)
  }
}

/// Artificial images and labels: the time of a product does not depend on their values.
private final class MadeUpImages {
  let rows: Int
  private let pixelCount: Int
  private let pixels: AlignedBuffer<UInt8>
  private let labels: AlignedBuffer<UInt8>
  private let order: AlignedBuffer<UInt32>

  init(rows: Int, pixelCount: Int) {
    self.rows = rows
    self.pixelCount = pixelCount
    pixels = AlignedBuffer(count: rows * pixelCount)
    labels = AlignedBuffer(count: rows)
    order = AlignedBuffer(count: rows)
    for index in 0..<rows * pixelCount {
      pixels.pointer[index] = UInt8(truncatingIfNeeded: index % 251)
    }
    for index in 0..<rows { order.pointer[index] = UInt32(index) }
  }

  var batch: Batch {
    Batch(
      source: SampleSource(
        images: pixels.pointer, labels: labels.pointer, pixelCount: pixelCount),
      samples: order.pointer, rowCount: rows, epoch: 1)
  }
}
