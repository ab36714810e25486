/// Where a kernel lies along one dimension of an image, its rows or its columns.
///
/// The output's position y takes the input's positions y * step - before + (0..<size), of which
/// those outside the input are zero.
package struct KernelAxis: Sendable, Equatable {
  /// The positions of the input.
  package let inputCount: Int
  /// The positions of the kernel.
  package let size: Int
  /// The distance that the kernel moves from one output to the next.
  package let step: Int
  /// The zeros before the input.
  package let before: Int
  /// The positions of the output.
  package let outputCount: Int
  /// All positions of the input, by their place between two moves of the kernel.
  package let phases: [Phase]
  /// The positions of the padded output's gradient.
  package let gradientPaddedCount: Int

  /// Lays a kernel along a dimension.
  ///
  /// With padding, the output has a position for every `step` of the input, rounded up. The zeros
  /// before the input are (size - 1) / 2, as many as a PyTorch convolution of odd size has with
  /// `padding=size // 2`, and of even size with `padding="same"`.
  ///
  /// - Parameters:
  ///   - inputCount: The positions of the input.
  ///   - size: The positions of the kernel; without padding, at most `inputCount`.
  ///   - step: How far the kernel moves.
  ///   - isPadded: Whether zeros surround the input.
  package init(inputCount: Int, size: Int, step: Int, isPadded: Bool) {
    precondition(isPadded || size <= inputCount, "the kernel is at most as large as the image")
    self.inputCount = inputCount
    self.size = size
    self.step = step
    let before = isPadded ? (size - 1) / 2 : 0
    let outputCount =
      isPadded ? (inputCount + step - 1) / step : (inputCount - size) / step + 1
    let gradientBefore = Self.gradientBefore(size: size, step: step)
    let phases: [Phase] = (0..<step).compactMap { place in
      let first = ((place - before) % step + step) % step
      guard first < inputCount else { return nil }
      let kernelCount = place < size ? (size - place + step - 1) / step : 0
      let output = (first + before - place) / step
      return Phase(
        first: first, count: (inputCount - first + step - 1) / step, kernelFirst: place,
        kernelCount: kernelCount, start: output - (kernelCount - 1) + gradientBefore)
    }
    self.before = before
    self.outputCount = outputCount
    self.phases = phases
    gradientPaddedCount = phases.reduce(gradientBefore + outputCount) { count, phase in
      max(count, phase.start + phase.count - 1 + phase.kernelCount)
    }
  }

  /// The positions of the padded input.
  package var paddedCount: Int {
    max(before + inputCount, (outputCount - 1) * step + size)
  }

  /// The zeros after the input that the kernel reads.
  package var after: Int { paddedCount - before - inputCount }

  /// Positions of the input, `step` apart, whose gradients are sums over the same positions of the
  /// kernel.
  package struct Phase: Sendable, Equatable {
    /// The first position of the input.
    package let first: Int
    /// The number of positions.
    package let count: Int
    /// The first position of the kernel; the others are `step` apart.
    package let kernelFirst: Int
    /// The number of positions of the kernel.
    package let kernelCount: Int
    /// Where in the padded output's gradient the kernel of the first position starts, turned round.
    package let start: Int
  }

  /// The zeros before the output's gradient, for the input's gradient.
  package var gradientBefore: Int { Self.gradientBefore(size: size, step: step) }

  private static func gradientBefore(size: Int, step: Int) -> Int {
    (size + step - 1) / step - 1
  }
}
