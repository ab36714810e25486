import Model
import Parallel
import Training

/// The sizes of a network's step: how it can be divided and how much data moves.
///
/// Together with speeds, they determine the cost of a step.
struct StepShape: Sendable {
  private let network: Network
  private let rules: [MergeRule]
  /// The bytes of one leaf's partial results, by stage; stages without a merge are left out.
  let mergedBytes: [Int]
  /// The number of barriers in a step.
  let barrierCount: Int
  /// The bytes of all parameters.
  let parameterBytes: Int
  /// The bytes that an update reads and then writes: the parameters and the optimizer's states.
  let updatedBytes: Int

  /// The bytes that all workers read after an update: the parameters, and what layers derive from
  /// them.
  let sharedBytes: Int
  /// The floats per sample that weight gradients multiply.
  ///
  /// A worker reads the inputs of its own rows of each matrix, and all gradients of outputs.
  private let operands: (inputs: Int, outputs: Int)

  /// The leaves that are never divided among workers.
  var unitLeaves: Int { network.unitLeaves }

  /// Reads the sizes of a network.
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

  /// The bytes per step that each core reads after another core has written them: parameters after
  /// the update, and operands of weight gradients.
  ///
  /// - Parameters:
  ///   - cores: The number of cores that share the work evenly.
  ///   - rows: The number of rows in their batch.
  /// - Returns: The number of bytes; 0 for one core.
  func transferredBytes(cores: Int, rows: Int) -> Double {
    let others = 1 - 1 / Double(cores)
    let floats = Double(operands.inputs) / Double(cores) + Double(operands.outputs)
    let operandBytes = Double(rows) * floats * Double(MemoryLayout<Float>.stride)
    return (Double(sharedBytes) + operandBytes) * others
  }

  /// The share of merged columns of the worker that merges the most columns.
  ///
  /// - Parameter workers: The number of workers that divide the columns.
  /// - Returns: The share; 1 for one worker, 0 without merges.
  func mergeShare(workers: Int) -> Double {
    guard !rules.isEmpty else { return 0 }
    let largest = rules.reduce(0) { sum, rule in
      sum + (0..<workers).reduce(0) { max($0, rule.columns(of: $1, workers: workers).count) }
    }
    return Double(largest) / Double(rules.reduce(0) { $0 + $1.columnCount })
  }

  /// The time until the last worker has finished its tiles, as a share of the time of all tiles.
  ///
  /// Workers take tiles in the order of ``TileSchedule`` when they are free. The cost of a tile is
  /// proportional to its floats.
  ///
  /// - Parameter workers: The number of workers that take tiles.
  /// - Returns: The share; 1 for one worker.
  func tileShare(workers: Int) -> Double {
    let schedule = TileSchedule(TileSchedule.tiles(of: network), workerCount: workers)
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
