import Files
import Parallel
import Training

/// Predicts the cost of a step on other machines.
///
/// The inputs are a measurement of one worker, probes of this machine and the shapes of the
/// network. docs/scaling-model.md has the equations, docs/decisions/0012-cost-model.md the reasons.
struct CostModel: Sendable {
  /// A part of the time of a step, on the worker that takes longest.
  enum Part: String, CaseIterable, Sendable {
    case gather, forward, merge, backward, update
    /// Fetching lines that other cores have written, and taking back lines that they have read.
    case transfer
    /// The barriers themselves.
    ///
    /// Waiting for a slower worker is in the other parts.
    case barriers
    /// Messages between machines, and copying their content.
    case exchange
    case other
  }

  /// The machines and the batch to predict for.
  struct Target: Sendable, Equatable {
    /// The number of machines, connected by a link if there are several.
    var machines = 1
    /// The number of worker threads per machine.
    var workers: Int
    /// The number of cores per machine.
    var cores: Int
    /// The number of rows in a batch over all machines.
    var batchSize: Int
    /// The most rows of a shard.
    var shardSize: Int
  }

  /// The seconds of one worker, grouped by how they are divided among workers.
  private struct Work {
    var gather = 0.0
    var forward = 0.0
    var backward = 0.0
    var merge = 0.0
    /// The weight gradients, which grow with the number of rows.
    var weightGradients = 0.0
    /// The optimizer, which does not depend on the number of rows.
    var optimizer = 0.0
    var other = 0.0
  }

  private let base: MeasuredConfiguration
  private let seconds: [StageKind: Double]
  private let shape: StepShape
  private let network: NetworkProbe
  private let machine: MachineConstants

  /// Creates a model from a measured point of one worker.
  ///
  /// The times by stage are scaled to the median rate, since they come from other steps, in which
  /// the clock is read often.
  ///
  /// - Parameters:
  ///   - point: The measured point.
  ///   - shape: The network's shape.
  ///   - network: The times of the network's products by shard size.
  ///   - machine: The constants of the machine.
  /// - Throws: ``TrainerError`` if the point has more than one worker, or a time of zero.
  init(
    point: ScalingPoint, shape: StepShape, network: NetworkProbe, machine: MachineConstants
  ) throws {
    let total = point.stages.total
    let rate = point.samplesPerSecond.median
    guard point.configuration.workers == 1 else {
      throw TrainerError(
        .usage,
        "\(setting: "simulate") starts from measurements of 1 worker; the first of batch size "
          + "\(point.configuration.batchSize) has \(point.configuration.workers)")
    }
    guard total > 0, total.isFinite, rate > 0, rate.isFinite else {
      throw TrainerError(
        .badData,
        "the point of 1 worker has \(rate) samples/s and \(total) s a step; both have to be above 0"
      )
    }
    let scale = Double(point.configuration.batchSize) / rate / total
    base = point.configuration
    seconds = point.stages.seconds.mapValues { $0 * scale }
    self.shape = shape
    self.network = network
    self.machine = machine
  }

  /// Predicts a step.
  ///
  /// - Parameters:
  ///   - target: The machines and the batch.
  ///   - link: The link between machines; required if there are several.
  /// - Returns: The time in seconds of each part.
  func step(_ target: Target, link: NetworkLink?) -> [Part: Double] {
    let plan = LeafPlan(rowCount: target.batchSize)
    let largest = plan.largestParts(
      machines: target.machines, workers: target.workers, unit: shape.unitLeaves)
    let work = work(
      rows: target.batchSize, shardRows: min(target.shardSize, max(largest.rowsOfWorker, 1)))
    let active = min(target.workers, target.cores)
    let slowdown = machine.slowdown(active: active)
    // If workers share cores, the total work of the cores is the limit, otherwise the busiest
    // worker.
    func share(_ largest: Double, of whole: Double = 1) -> Double {
      max(largest, whole / Double(active)) * slowdown
    }
    let rows = Double(target.batchSize)
    let shardShare = share(
      Double(largest.rowsOfWorker) / rows, of: Double(largest.rowsOfMachine) / rows)
    // A worker merges its own leaves, and then columns of the results of all workers and machines.
    let results = target.workers - 1 + (target.machines - 1)
    let mergePart =
      shardShare
      + Double(results) / Double(max(plan.leafCount - 1, 1))
      * share(shape.mergeShare(workers: target.workers))
    let tileShare = share(shape.tileShare(workers: target.workers))
    let update =
      work.weightGradients * Double(largest.rowsOfMachine) / rows
      + work.optimizer / Double(target.machines)
    let barriers = shape.barrierCount + (target.machines > 1 ? exchangeCount : 0)
    return [
      .gather: work.gather * shardShare, .forward: work.forward * shardShare,
      .backward: work.backward * shardShare,
      .merge: work.merge * mergePart,
      .update: max(update * tileShare, memorySeconds(machines: target.machines, active: active)),
      .transfer: transferSeconds(rows: largest.rowsOfMachine, active: active),
      .barriers: Double(barriers) * machine.barrierSeconds(workers: target.workers),
      .exchange: link.map {
        exchangeSeconds(machines: target.machines, active: active, link: $0)
      } ?? 0,
      .other: work.other,
    ]
  }

  /// The seconds of one worker for a batch of another size, in shards of another size.
  private func work(rows: Int, shardRows: Int) -> Work {
    func base(_ kind: StageKind) -> Double { seconds[kind, default: 0] }
    let baseRows = self.base.batchSize
    let growth = Double(rows) / Double(baseRows)
    // The change of the time per sample with another shard size.
    func change(_ products: KeyPath<NetworkProbe.Products, Double>) -> Double {
      let before = network.seconds(products, shardRows: min(self.base.shardSize, baseRows))
      return Double(rows) * (network.seconds(products, shardRows: shardRows) - before)
    }
    var work = Work()
    work.gather = base(.gather) * growth
    work.forward = max(0, base(.forward) * growth + change(\.forward))
    work.backward = max(0, base(.backward) * growth + change(\.inputGradients))
    work.merge =
      base(.merge) * Double(LeafPlan(rowCount: rows).leafCount)
      / Double(LeafPlan(rowCount: baseRows).leafCount)
    work.optimizer = min(network.optimizerSeconds, base(.update))
    work.weightGradients = max(
      0, (base(.update) - work.optimizer) * growth + change(\.weightGradients))
    work.other = base(.other)
    return work
  }

  /// The memory-bound minimum time of an update in seconds: reading and writing the part of the
  /// parameters and optimizer states that the caches cannot keep between steps.
  private func memorySeconds(machines: Int, active: Int) -> Double {
    let bytes = Double(shape.updatedBytes) / Double(machines)
    let displaced = max(0, bytes - Double(machine.cacheBytes))
    return 2 * displaced / machine.memoryBandwidth(active: active)
  }

  /// The time in seconds in which each core fetches what others have written, while the lines that
  /// it wrote itself return to it.
  private func transferSeconds(rows: Int, active: Int) -> Double {
    shape.transferredBytes(cores: active, rows: rows) / Double(TransferProbe.lineSize)
      * machine.lineTransferSeconds(active: active)
  }

  /// The number of exchanges in a step: one per merging stage, one for gradients, one for
  /// parameters.
  private var exchangeCount: Int { shape.mergedBytes.count + 2 }

  private func exchangeSeconds(machines: Int, active: Int, link: NetworkLink) -> Double {
    guard machines > 1 else { return 0 }
    let merges = shape.mergedBytes.reduce(0) {
      $0 + link.smallAllgather(bytes: Double($1), machines: machines)
    }
    let parameters = Double(shape.parameterBytes)
    // Gradients go to the machines that own their parameters; updated parameters come back.
    let exchanged = 2 * link.exchange(bytes: parameters, machines: machines)
    // Received gradients are read once, and parameters are written: three passes over what other
    // machines own.
    let unpacked = 3 * parameters * Double(machines - 1) / Double(machines)
    return merges + exchanged + unpacked / machine.memoryBandwidth(active: active)
  }
}
