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
    for (number, tensor) in tensors.enumerated() {
      var values = [Float](repeating: 0, count: tensor.entry.range.count)
      values.withUnsafeMutableBufferPointer {
        tensor.entry.start.fill($0, seed: seed, number: UInt32(number))
      }
      tensor.write(values)
    }
  }

  /// Every parameter and running statistic, parameters first.
  public var tensors: [Tensor] {
    network.parameters.entries.map { Tensor(entry: $0, buffer: parameters) }
      + network.statistics.entries.map { Tensor(entry: $0, buffer: statistics) }
  }

  /// A tensor's place in a flat buffer.
  public struct Tensor: Sendable {
    /// Its name, shape and place.
    public let entry: ParameterLayout.Entry
    let buffer: AlignedBuffer<Float>

    private var pointer: UnsafeMutablePointer<Float> { buffer.pointer + entry.range.lowerBound }

    /// Its values, row-major.
    public var values: [Float] {
      let stored = UnsafeBufferPointer(start: pointer, count: entry.range.count)
      guard let panels = entry.panels else { return Array(stored) }
      return [Float](unsafeUninitializedCapacity: stored.count) { buffer, count in
        if let destination = buffer.baseAddress { panels.load(pointer, to: destination) }
        count = stored.count
      }
    }

    /// Replaces its values.
    ///
    /// - Parameter values: As many as the shape has, row-major.
    public func write(_ values: [Float]) {
      precondition(values.count == entry.range.count, "\(entry.name) has \(entry.shape)")
      values.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress else { return }
        if let panels = entry.panels {
          panels.store(source, to: pointer)
        } else {
          pointer.update(from: source, count: values.count)
        }
      }
    }
  }
}
