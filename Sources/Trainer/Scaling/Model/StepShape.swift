import Model
import Parallel
import Training

/// How a network's step can be divided, and what has to move: all that its cost depends on beside speed.
struct StepShape: Sendable {
  private let network: Network
  private let rules: [MergeRule]
  /// Bytes of one shard's partial results, by stage; stages without a merge are left out.
  let mergedBytes: [Int]
  /// Barriers of a step.
  let barrierCount: Int
  /// Bytes of all parameters.
  let parameterBytes: Int
  /// Bytes that an update reads and then writes: the parameters and the optimizer's states.
  let updatedBytes: Int

  /// Bytes that an update leaves for all workers to read: the parameters, and what layers keep of them.
  let sharedBytes: Int
  /// Floats of a sample that weight gradients multiply: inputs, of which a worker reads those of its
  /// rows of each matrix, and gradients of outputs, of which it reads all.
  private let operands: (inputs: Int, outputs: Int)

  /// Takes a network's shape.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - optimizer: The update rule.
  init(network: Network, optimizer: OptimizerKind) {
    self.network = network
    let program = StageProgram(network)
    barrierCount = program.barrierCount
    let merges = program.stages.map { stage in
      stage.merges.map { $0.rule(in: network) }
    }
    rules = merges.flatMap { $0 }
    mergedBytes = merges.filter { !$0.isEmpty }.map { rules in
      rules.reduce(0) { $0 + $1.partialCount } * MemoryLayout<Float>.stride
    }
    parameterBytes = network.parameters.valueCount * MemoryLayout<Float>.stride
    updatedBytes = parameterBytes * (1 + optimizer.stateCount)
    let keptCount = network.layers.reduce(0) { $0 + $1.keptCount }
    sharedBytes = parameterBytes + keptCount * MemoryLayout<Float>.stride
    let tiled = network.layers.filter { $0 is any TiledGradients }
    operands = (
      tiled.reduce(0) { $0 + $1.inputShape.count }, tiled.reduce(0) { $0 + $1.outputShape.count }
    )
  }

  /// Bytes that each of some cores reads in a step and another of them has written: parameters after
  /// the update, and the operands of weight gradients.
  ///
  /// - Parameters:
  ///   - cores: How many share the work evenly.
  ///   - rows: Rows of their batch.
  /// - Returns: 0 for one core.
  func transferredBytes(cores: Int, rows: Int) -> Double {
    let others = 1 - 1 / Double(cores)
    let floats = Double(operands.inputs) / Double(cores) + Double(operands.outputs)
    let operandBytes = Double(rows) * floats * Double(MemoryLayout<Float>.stride)
    return (Double(sharedBytes) + operandBytes) * others
  }

  /// The part of all merged columns that the worker with the most columns merges.
  ///
  /// - Parameter workers: How many divide them.
  /// - Returns: 1 for one worker; 0 without merges.
  func mergeShare(workers: Int) -> Double {
    guard !rules.isEmpty else { return 0 }
    let largest = rules.reduce(0) { sum, rule in
      sum + (0..<workers).reduce(0) { max($0, rule.columns(of: $1, workers: workers).count) }
    }
    return Double(largest) / Double(rules.reduce(0) { $0 + $1.columnCount })
  }

  /// The part of all tiles' work that passes until the last worker is through: workers take tiles in
  /// their order of ``TileSchedule``, each as soon as it is free, and a tile costs as its floats.
  ///
  /// - Parameters:
  ///   - shardSize: Rows of a shard, on which the cut depends.
  ///   - workers: How many take tiles.
  /// - Returns: 1 for one worker.
  func tileShare(shardSize: Int, workers: Int) -> Double {
    let schedule = TileSchedule(
      TileSchedule.tiles(of: network, shardSize: shardSize), workerCount: workers)
    let floats = schedule.tiles.map { Double($0.tile.count) }
    var claimed = [Bool](repeating: false, count: floats.count)
    var positions = [Int](repeating: 0, count: workers)
    var finished = [Double](repeating: 0, count: workers)
    for _ in floats {
      let worker = finished.indices.min { finished[$0] < finished[$1] } ?? 0
      let order = schedule.orders[worker]
      while claimed[order[positions[worker]]] { positions[worker] += 1 }
      let tile = order[positions[worker]]
      claimed[tile] = true
      finished[worker] += floats[tile]
    }
    return (finished.max() ?? 0) / floats.reduce(0, +)
  }
}
