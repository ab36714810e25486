import Parallel
import Training

/// What a step costs on other machines, from a measurement of one worker, probes of this machine and the
/// shapes of the network: docs/scaling-model.md has the equations, docs/decisions/0012-cost-model.md the
/// reasons.
struct CostModel: Sendable {
  /// What the time of a step goes into, on the worker that takes longest.
  enum Part: String, CaseIterable, Sendable {
    case gather, forward, merge, backward, update
    /// Getting what other cores have written, and taking back what they have read.
    case transfer
    /// The barriers themselves; waiting for a slower worker is in the parts.
    case barriers
    /// Messages between machines, and what they bring put where it belongs.
    case exchange
    case other
  }

  /// Who computes what.
  struct Target: Sendable, Equatable {
    /// Machines, joined by a link where there are several.
    var machines = 1
    /// Worker threads of each.
    var workers: Int
    /// Cores of each.
    var cores: Int
    /// Rows of a batch over all machines.
    var batchSize: Int
    /// Rows of a shard.
    var shardSize: Int
  }

  /// The seconds of one worker by what limits how they are divided.
  private struct Work {
    var gather = 0.0
    var forward = 0.0
    var backward = 0.0
    var merge = 0.0
    /// Weight gradients, which grow with the rows.
    var weightGradients = 0.0
    /// The optimizer, which does not.
    var optimizer = 0.0
    var other = 0.0
  }

  private let base: MeasuredConfiguration
  private let seconds: [StageKind: Double]
  private let shape: StepShape
  private let network: NetworkProbe
  private let machine: MachineConstants

  /// Starts from a point of one worker.
  ///
  /// Its stages are scaled to its median rate: they were timed in other steps, with the clock read
  /// often.
  ///
  /// - Parameters:
  ///   - point: The measurement.
  ///   - shape: The network's shape.
  ///   - network: The network's products by shard size.
  ///   - machine: The machine.
  /// - Throws: ``TrainerError`` where the point has more workers than one, or no time.
  init(
    point: ScalingPoint, shape: StepShape, network: NetworkProbe, machine: MachineConstants
  ) throws {
    let total = point.stages.total
    let rate = point.samplesPerSecond.median
    guard point.configuration.workers == 1 else {
      throw TrainerError(
        .usage,
        "--simulate starts from measurements of 1 worker; the first of batch size "
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

  /// The shard sizes of which the model knows what they change: none if the base's was not probed.
  var shardSizes: [Int] {
    network.products[base.shardSize] == nil ? [] : network.products.keys.sorted()
  }

  /// Predicts a step.
  ///
  /// - Parameters:
  ///   - target: Who computes what; the shard size is the base's or one of ``shardSizes``.
  ///   - link: What joins the machines; needed where there are several.
  /// - Returns: Seconds by part.
  func step(_ target: Target, link: NetworkLink?) -> [Part: Double] {
    let plan = ShardPlan(
      rowCount: target.batchSize, shardSize: min(target.shardSize, target.batchSize))
    let division = plan.division(machines: target.machines, workers: target.workers)
    let work = work(plan)
    let active = min(target.workers, target.cores)
    let slowdown = machine.slowdown(active: active)
    // Where workers share cores, the cores' sum limits, else the busiest worker.
    func share(_ largest: Double, of whole: Double = 1) -> Double {
      max(largest, whole / Double(active)) * slowdown
    }
    let rows = Double(plan.rowCount)
    let shardShare = share(
      Double(division.rowsOfWorker) / rows, of: Double(division.rowsOfMachine) / rows)
    // A machine merges its own shards, and then the machines' results.
    let merged = division.shardsOfMachine + (target.machines > 1 ? target.machines : 0)
    let mergePart = Double(merged) / Double(plan.shardCount)
    let tileShare = share(shape.tileShare(shardSize: plan.shardSize, workers: target.workers))
    let update =
      work.weightGradients * Double(division.rowsOfMachine) / rows
      + work.optimizer / Double(target.machines)
    let barriers = shape.barrierCount + (target.machines > 1 ? exchangeCount : 0)
    return [
      .gather: work.gather * shardShare, .forward: work.forward * shardShare,
      .backward: work.backward * shardShare,
      .merge: work.merge * mergePart * share(shape.mergeShare(workers: target.workers)),
      .update: max(update * tileShare, memorySeconds(machines: target.machines, active: active)),
      .transfer: transferSeconds(rows: division.rowsOfMachine, active: active),
      .barriers: Double(barriers) * machine.barrierSeconds(workers: target.workers),
      .exchange: link.map {
        exchangeSeconds(machines: target.machines, active: active, link: $0)
      } ?? 0,
      .other: work.other,
    ]
  }

  /// One worker's seconds for a batch that is cut in another way than the base's.
  private func work(_ plan: ShardPlan) -> Work {
    func base(_ kind: StageKind) -> Double { seconds[kind, default: 0] }
    let basePlan = ShardPlan(
      rowCount: self.base.batchSize, shardSize: min(self.base.shardSize, self.base.batchSize))
    let rows = Double(plan.rowCount)
    let growth = rows / Double(basePlan.rowCount)
    // What another shard size adds to each sample, or takes away.
    func change(_ products: KeyPath<NetworkProbe.Products, Double>) -> Double {
      guard plan.shardSize != basePlan.shardSize,
        let now = network.products[plan.shardSize],
        let before = network.products[basePlan.shardSize]
      else { return 0 }
      return rows * (now[keyPath: products] - before[keyPath: products])
    }
    var work = Work()
    work.gather = base(.gather) * growth
    work.forward = max(0, base(.forward) * growth + change(\.forward))
    work.backward = max(0, base(.backward) * growth + change(\.inputGradients))
    work.merge = base(.merge) * Double(plan.shardCount) / Double(basePlan.shardCount)
    work.optimizer = min(network.optimizerSeconds, base(.update))
    work.weightGradients = max(
      0, (base(.update) - work.optimizer) * growth + change(\.weightGradients))
    work.other = base(.other)
    return work
  }

  /// The least time in which memory gives and takes what an update needs: of the parameters and the
  /// optimizer's states the part that the caches cannot keep from step to step, read and written.
  private func memorySeconds(machines: Int, active: Int) -> Double {
    let bytes = Double(shape.updatedBytes) / Double(machines)
    let displaced = max(0, bytes - Double(machine.cacheBytes))
    return 2 * displaced / machine.memoryBandwidth(active: active)
  }

  /// The time in which each core gets what others have written; what it writes itself comes back to it
  /// in the same steps.
  private func transferSeconds(rows: Int, active: Int) -> Double {
    shape.transferredBytes(cores: active, rows: rows) / Double(TransferProbe.lineSize)
      * machine.lineTransferSeconds(active: active)
  }

  /// Exchanges of a step: one a merging stage, the gradients, the parameters.
  private var exchangeCount: Int { shape.mergedBytes.count + 2 }

  private func exchangeSeconds(machines: Int, active: Int, link: NetworkLink) -> Double {
    guard machines > 1 else { return 0 }
    let merges = shape.mergedBytes.reduce(0) {
      $0 + link.smallAllgather(bytes: Double($1), machines: machines)
    }
    let parameters = Double(shape.parameterBytes)
    // Gradients go to the machines that own their parameters, and the new parameters come back.
    let exchanged = 2 * link.exchange(bytes: parameters, machines: machines)
    // What came is read once, and the parameters written: three passes of what is not the machine's.
    let unpacked = 3 * parameters * Double(machines - 1) / Double(machines)
    return merges + exchanged + unpacked / machine.memoryBandwidth(active: active)
  }
}
