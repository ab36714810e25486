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
  ///   - writesCheckpoints: Whether this process writes checkpoints, and holds a copy for each.
  init(
    training configuration: TrainingConfiguration, _ architecture: Architecture, dataBytes: Int,
    rankCount: Int, writesCheckpoints: Bool = false
  ) {
    let network = Network(architecture, seed: 0, engine: configuration.engine)
    let memory = TrainingMemory(network, configuration, rankCount: rankCount)
    let checkpointBytes = writesCheckpoints ? memory.checkpointBytes : 0
    bytes = memory.bytes + Double(dataBytes) + checkpointBytes
    words = Self.words(
      parameters: network.parameters.valueCount, rows: memory.rows, columns: memory.floatsPerRow,
      data: [
        writesCheckpoints ? ", \(FigureText.bytes(checkpointBytes)) for a checkpoint" : "",
        ", and \(FigureText.bytes(Double(dataBytes))) of data",
      ].joined(),
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
    let columns = networks.map { ForwardPlan($0).columns.reduce(0, +) }.reduce(0, +)
    bytes =
      (Double(parameters) + Double(rows) * Double(columns)) * Double(MemoryLayout<Float>.stride)
    words = Self.words(
      parameters: parameters, rows: Double(rows), columns: columns, advice: "--threads")
  }

  private static func words(
    parameters: Int, rows: Double, columns: Int, data: String = "", advice: String
  ) -> String {
    "\(parameters) parameters and \(fixed(rows, 0)) rows of \(counted(columns, "value"))\(data); "
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
