import Model
import Parallel

/// Everything that a run changes: parameters, running statistics, the optimizer's state and, if
/// there is one, the model's moving average.
package final class ModelState: Sendable {
  /// The network whose tensors these are.
  package let network: Network
  /// The parameters, in `network.parameters` order.
  package let parameters: AlignedBuffer<Float>
  /// Gradients in the same order, summed over the rows; empty for a model that is not trained.
  package let gradients: AlignedBuffer<Float>
  /// The parameters whose optimizer's state is held here: all, or one rank's ``ParameterShares``.
  package let ownedParameters: Range<Int>
  /// The optimizer's states, each in the same order, of ``ownedParameters``.
  package let optimizerStates: [AlignedBuffer<Float>]
  /// The running statistics, in `network.statistics` order.
  package let statistics: AlignedBuffer<Float>
  /// The moving average; nil if there is none.
  package let average: Average?

  /// A moving average of a model.
  package struct Average: Sendable {
    /// The parameters' average, in `network.parameters` order.
    package let parameters: AlignedBuffer<Float>
    /// The running statistics' average, or an estimate for the averaged parameters, in
    /// `network.statistics` order.
    package let statistics: AlignedBuffer<Float>
  }

  /// Allocates a model and gives it its initial values.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - seed: The run's seed; each tensor has random numbers of its own under it.
  ///   - optimizerStateCount: Floats of optimizer state that each parameter has.
  ///   - keepsAverage: Whether there is a moving average; it starts as the model.
  ///   - ownedParameters: The parameters whose optimizer's state is held; nil for all.
  ///   - isTrained: Whether there is room for gradients.
  package init(
    network: Network, seed: UInt64, optimizerStateCount: Int, keepsAverage: Bool = false,
    ownedParameters: Range<Int>? = nil, isTrained: Bool = true
  ) {
    precondition(optimizerStateCount <= 2, "update kernels take at most two states")
    self.network = network
    let owned = ownedParameters ?? 0..<network.parameters.count
    self.ownedParameters = owned
    parameters = AlignedBuffer(count: network.parameters.count)
    gradients = AlignedBuffer(count: isTrained ? network.parameters.count : 0)
    statistics = AlignedBuffer(count: network.statistics.count)
    optimizerStates = (0..<optimizerStateCount).map { _ in AlignedBuffer(count: owned.count) }
    average =
      keepsAverage
      ? Average(
        parameters: AlignedBuffer(count: network.parameters.count),
        statistics: AlignedBuffer(count: network.statistics.count)) : nil
    for (number, tensor) in tensors.enumerated() {
      var values = [Float](repeating: 0, count: tensor.entry.range.count)
      values.withUnsafeMutableBufferPointer {
        tensor.entry.initializer.fill($0, seed: seed, number: UInt32(number))
      }
      tensor.write(values)
    }
    restartAverage()
  }

  /// Sets the moving average, if there is one, to the present model.
  ///
  /// Call it after loading initial weights.
  package func restartAverage() {
    guard let average else { return }
    average.parameters.pointer.update(from: parameters.pointer, count: parameters.count)
    average.statistics.pointer.update(from: statistics.pointer, count: statistics.count)
  }

  /// Exchanges the model and its moving average, if there is one; a second call undoes it.
  ///
  /// In between, ``tensors``, the digest and evaluation are of the average. No parameter may change
  /// then.
  func swapAverage() {
    guard let average else { return }
    Self.swap(parameters, average.parameters)
    Self.swap(statistics, average.statistics)
  }

  private static func swap(_ one: AlignedBuffer<Float>, _ other: AlignedBuffer<Float>) {
    for index in 0..<one.count {
      (one.pointer[index], other.pointer[index]) = (other.pointer[index], one.pointer[index])
    }
  }
}
