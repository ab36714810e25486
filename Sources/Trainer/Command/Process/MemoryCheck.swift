import Files
import Machine
import Model
import Pages
import Parallel
import Training

/// Refuses a network that the memory of this machine, cgroup or process cannot hold beside the data
/// set, before any of it is allocated.
struct MemoryCheck {
  /// The bytes of the largest buffers, in doubles, which do not overflow.
  private let bytes: Double
  /// The description of what needs them.
  private let words: String

  /// The memory of a training run.
  ///
  /// - Parameters:
  ///   - configuration: The run's settings.
  ///   - architecture: The network.
  ///   - dataBytes: The bytes of the data set, which each rank has.
  ///   - rankCount: The ranks that share the work.
  ///   - evaluatedRows: The rows that all threads evaluate at once after an epoch; 0 if nothing is
  ///     evaluated.
  ///   - writesCheckpoints: Whether this process writes checkpoints, and holds a copy for each.
  init(
    training configuration: TrainingConfiguration, _ architecture: Architecture, dataBytes: Int,
    rankCount: Int, evaluatedRows: Int = 0, writesCheckpoints: Bool = false
  ) {
    let network = Network(architecture, seed: 0, engine: configuration.engine)
    let memory = TrainingMemory(network, configuration, rankCount: rankCount)
    let parts = [
      ("to evaluate", Self.bytes(evaluating: network, rows: evaluatedRows)),
      ("for a checkpoint", writesCheckpoints ? memory.checkpointBytes : 0),
      ("of data", Double(dataBytes)),
    ].filter { $0.1 > 0 }
    bytes = parts.reduce(memory.bytes) { $0 + $1.1 }
    words = Self.words(
      parameters: network.parameters.valueCount, rows: memory.rows, columns: memory.floatsPerRow,
      more: parts.map { ", \(FigureText.bytes($0.1)) \($0.0)" }.joined(),
      advice: "--model or --batch-size")
  }

  /// A lower bound of the largest buffers of an evaluation.
  ///
  /// - Parameters:
  ///   - architectures: The networks, which are all in memory at once.
  ///   - rows: The rows that all threads work on at once.
  init(evaluating architectures: [Architecture], rows: Int) {
    let networks = architectures.map(Self.network)
    let parameters = networks.map(\.parameters.valueCount).reduce(0, +)
    let columns = networks.map(Self.columns).reduce(0, +)
    bytes =
      Double(parameters) * Double(MemoryLayout<Float>.stride)
      + networks.reduce(0) { $0 + Self.bytes(evaluating: $1, rows: rows) }
    words = Self.words(
      parameters: parameters, rows: Double(rows), columns: columns, advice: "--threads")
  }

  /// The values of a row in the matrices of an evaluation.
  private static func columns(_ network: Network) -> Int {
    ForwardPlan(network).columns.reduce(0, +)
  }

  private static func bytes(evaluating network: Network, rows: Int) -> Double {
    Double(rows) * Double(columns(network)) * Double(MemoryLayout<Float>.stride)
  }

  private static func words(
    parameters: Int, rows: Double, columns: Int, more: String = "", advice: String
  ) -> String {
    "\(parameters) parameters, \(fixed(rows, 0)) rows of \(counted(columns, "value"))\(more); "
      + "smaller \(advice) needs less"
  }

  private static func network(_ architecture: Architecture) -> Network {
    Network(architecture, seed: 0, engine: .native)
  }

  /// Throws if there is less memory than needed.
  ///
  /// - Parameters:
  ///   - machine: The machine, whose amount of memory may be unknown.
  ///   - limit: What limits the memory besides the machine's size; nil for nothing.
  /// - Throws: `TrainerError` with what is needed and what there is.
  func require(of machine: Machine, limit: MemoryLimit? = .smallest()) throws {
    let code: TrainerError.Code
    let bound: String
    if let limit, bytes > Double(limit.bytes) {
      (code, bound) = (.refused, "\(limit.source) allows \(FigureText.bytes(Double(limit.bytes)))")
    } else if let total = machine.memoryTotal, bytes > Double(total) {
      (code, bound) = (.usage, "the machine has \(FigureText.bytes(Double(total)))")
    } else {
      return
    }
    throw TrainerError(
      code, "this needs at least \(FigureText.bytes(bytes)) of memory, but \(bound): \(words)")
  }
}
