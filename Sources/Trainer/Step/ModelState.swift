import Model
import Parallel

/// Everything that a run changes: parameters, running statistics and the optimizer's state.
public final class ModelState: Sendable {
  /// The network whose tensors these are.
  public let network: Network
  /// The parameters, in `network.parameters` order.
  public let parameters: AlignedBuffer<Float>
  /// Gradients in the same order, summed over the batch.
  public let gradients: AlignedBuffer<Float>
  /// The optimizer's states, one after the other, each in the same order.
  public let optimizerStates: [AlignedBuffer<Float>]
  /// The running statistics, in `network.statistics` order.
  public let statistics: AlignedBuffer<Float>

  /// Allocates a model and gives it its start values.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - seed: The run's seed; each tensor has random numbers of its own under it.
  ///   - optimizerStateCount: Floats of optimizer state that each parameter has.
  public init(network: Network, seed: UInt64, optimizerStateCount: Int) {
    self.network = network
    parameters = AlignedBuffer(count: network.parameters.count)
    gradients = AlignedBuffer(count: network.parameters.count)
    statistics = AlignedBuffer(count: network.statistics.count)
    optimizerStates = (0..<optimizerStateCount).map { _ in
      AlignedBuffer(count: network.parameters.count)
    }
    for (number, entry) in network.parameters.entries.enumerated() {
      entry.start.fill(tensor(entry.range, of: parameters), seed: seed, number: UInt32(number))
    }
    for (number, entry) in network.statistics.entries.enumerated() {
      entry.start.fill(tensor(entry.range, of: statistics), seed: seed, number: UInt32(number))
    }
  }

  private func tensor(
    _ range: Range<Int>, of buffer: AlignedBuffer<Float>
  ) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: buffer.elements[range])
  }

  /// Every parameter and running statistic with its values, parameters first.
  public var tensors: [(entry: ParameterLayout.Entry, values: UnsafeMutableBufferPointer<Float>)] {
    network.parameters.entries.map { ($0, tensor($0.range, of: parameters)) }
      + network.statistics.entries.map { ($0, tensor($0.range, of: statistics)) }
  }
}
