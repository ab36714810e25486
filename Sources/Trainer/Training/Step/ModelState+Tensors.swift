import Model
import Parallel

extension ModelState {
  /// Every parameter and running statistic, parameters first.
  package var tensors: [Tensor] {
    tensors(parameters: parameters, statistics: statistics)
  }

  /// The same for the moving average, with their names in files, such as `average/dense1.weight`;
  /// empty if there is none.
  package var averageTensors: [NamedTensor] {
    guard let average else { return [] }
    return tensors(parameters: average.parameters, statistics: average.statistics).map {
      NamedTensor(name: Self.averageName(of: $0.entry.name), tensor: $0)
    }
  }

  /// The name under which files have the average of a tensor.
  ///
  /// - Parameter name: The tensor's name.
  /// - Returns: The name, such as `average/dense1.weight`.
  package static func averageName(of name: String) -> String { "average/\(name)" }

  /// The gradients of every parameter, as ``GradientUse/store`` leaves them.
  package var gradientTensors: [Tensor] {
    network.parameters.entries.map { Tensor(entry: $0, buffer: gradients) }
  }

  /// The optimizer's state, with its names in files: the rule, the state and the
  /// parameter, such as `adam.first_moment/dense1.weight`.
  ///
  /// - Parameters:
  ///   - kind: The rule, with the number of states that the model was built for.
  ///   - states: Its states, of all parameters; nil for ``optimizerStates``, if all are owned.
  /// - Returns: For each state a tensor of each parameter's shape.
  package func optimizerTensors(
    _ kind: OptimizerKind, in states: [AlignedBuffer<Float>]? = nil
  ) -> [NamedTensor] {
    let states = states ?? optimizerStates
    precondition(states.allSatisfy { $0.count == parameters.count }, "other ranks hold states too")
    precondition(kind.stateCount == states.count, "the model has another rule's state")
    return zip(kind.stateNames, states).flatMap { name, buffer in
      network.parameters.entries.map {
        NamedTensor(
          name: "\(kind.rawValue).\(name)/\($0.name)", tensor: Tensor(entry: $0, buffer: buffer))
      }
    }
  }

  private func tensors(
    parameters: AlignedBuffer<Float>, statistics: AlignedBuffer<Float>
  ) -> [Tensor] {
    network.parameters.entries.map { Tensor(entry: $0, buffer: parameters) }
      + network.statistics.entries.map { Tensor(entry: $0, buffer: statistics) }
  }

  /// A tensor and its name in files.
  package struct NamedTensor: Sendable {
    /// The name.
    package let name: String
    /// The tensor, whose entry has the name of the parameter or statistic that it belongs to.
    package let tensor: Tensor

    /// Creates one from its parts.
    package init(name: String, tensor: Tensor) {
      self.name = name
      self.tensor = tensor
    }
  }

  /// A tensor's place in a flat buffer.
  package struct Tensor: Sendable {
    /// Its name, shape and place.
    package let entry: ParameterLayout.Entry
    let buffer: AlignedBuffer<Float>

    private var pointer: UnsafeMutablePointer<Float> { buffer.pointer + entry.range.lowerBound }

    /// Its values, row-major.
    package var values: [Float] {
      let stored = UnsafeBufferPointer(start: pointer, count: entry.range.count)
      guard let panels = entry.panels else { return Array(stored) }
      return [Float](unsafeUninitializedCapacity: stored.count) { buffer, count in
        if let destination = buffer.baseAddress { panels.load(pointer, to: destination) }
        count = stored.count
      }
    }

    /// Its values, row-major, as little-endian bytes: what a file holds, in one copy.
    package var bytes: [UInt8] {
      #if _endian(little)
        let byteCount = entry.range.count * MemoryLayout<Float>.stride
        return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
          // An array's storage is aligned for any element.
          UnsafeMutableRawBufferPointer(buffer).withMemoryRebound(to: Float.self) { floats in
            guard let destination = floats.baseAddress else { return }
            if let panels = entry.panels {
              panels.load(pointer, to: destination)
            } else {
              destination.update(from: pointer, count: entry.range.count)
            }
          }
          count = byteCount
        }
      #else
        return SafetensorsTensor(name: entry.name, shape: entry.shape, floats: values).bytes
      #endif
    }

    /// Replaces its values.
    ///
    /// - Parameter values: As many as the shape has, row-major.
    package func write(_ values: [Float]) {
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
