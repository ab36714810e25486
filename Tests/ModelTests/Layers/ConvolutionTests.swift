import Testing

@testable import Model
@testable import Parallel

@Suite("Convolution")
struct ConvolutionTests {
  /// A small convolution.
  struct Case: CustomTestStringConvertible {
    var size: Int
    var step = 1
    var isPadded = true
    var groups = 1
    var hasBias = true
    var inputs = 2
    var outputs = 4
    var rows = 5
    var columns = 6

    var testDescription: String {
      "\(inputs) to \(outputs) x \(size), stride \(step)" + (isPadded ? "" : ", valid")
        + (groups == 1 ? "" : ", \(groups) groups")
    }

    func layer(_ engine: Engine) -> Convolution {
      Convolution(
        name: "conv1",
        rows: KernelAxis(inputCount: rows, size: size, step: step, isPadded: isPadded),
        columns: KernelAxis(inputCount: columns, size: size, step: step, isPadded: isPadded),
        inputChannels: inputs, outputChannels: outputs, groups: groups, hasBias: hasBias,
        initializer: .zeros, engine: engine)
    }

    func parameters(_ layer: Convolution, _ random: inout RandomValues) -> [[Float]] {
      layer.parameters.map { random.normal($0.count) }
    }
  }

  static let cases = [
    Case(size: 3), Case(size: 1), Case(size: 3, isPadded: false), Case(size: 2),
    Case(size: 5, step: 2), Case(size: 3, step: 2, isPadded: false), Case(size: 2, step: 3),
    Case(size: 1, step: 2, isPadded: false), Case(size: 4, step: 3, hasBias: false),
    Case(size: 3, groups: 2), Case(size: 3, step: 2, groups: 4, inputs: 4, outputs: 4),
    Case(size: 5, isPadded: false, inputs: 1, outputs: 3, rows: 5),
    Case(size: 3, groups: 3, inputs: 3, outputs: 6),
    // The kernel moves farther than the image reaches.
    Case(size: 3, step: 7, rows: 2, columns: 3),
  ]

  @Test(
    "output and gradients are those of its formula, in any shards", arguments: cases,
    Engine.allCases)
  func gradients(_ sizes: Case, engine: Engine) throws {
    try engine.load()
    let layer = sizes.layer(engine)
    for shardSize in [11, 8] {
      var random = RandomValues(1)
      checkLayer(
        layer, rows: 11, shardSize: shardSize, parameters: sizes.parameters(layer, &random)
      ) { x, parameters in
        Twin.convolution(x, layer, weights: parameters[0], bias: parameters.dropFirst().first)
      }
    }
  }

  @Test("both engines agree within rounding on the layers of networks in use")
  func engines() throws {
    try Engine.openblas.load()
    for sizes in [
      Case(size: 3, hasBias: false, inputs: 32, outputs: 32, rows: 28, columns: 28),
      Case(size: 3, inputs: 64, outputs: 64, rows: 14, columns: 14),
      Case(size: 5, step: 2, inputs: 32, outputs: 32, rows: 24, columns: 24),
      Case(size: 5, isPadded: false, inputs: 1, outputs: 24, rows: 28, columns: 28),
      Case(size: 3, groups: 48, inputs: 48, outputs: 48, rows: 9, columns: 9),
      Case(size: 3, isPadded: false, groups: 2, inputs: 6, outputs: 140, rows: 9, columns: 9),
      Case(size: 4, isPadded: false, inputs: 64, outputs: 128, rows: 4, columns: 4),
      // By Winograd's filtering: odd sizes, without padding, the chains of large images.
      Case(size: 3, inputs: 16, outputs: 40, rows: 7, columns: 9),
      Case(size: 3, isPadded: false, hasBias: false, inputs: 40, outputs: 70, rows: 8, columns: 11),
      Case(size: 3, inputs: 16, outputs: 16, rows: 66, columns: 70),
      // Its input gradient only.
      Case(size: 3, isPadded: false, inputs: 16, outputs: 16, rows: 5, columns: 5),
    ] {
      var random = RandomValues(2)
      let layer = sizes.layer(.native)
      let parameters = sizes.parameters(layer, &random)
      let x = random.normal(9 * layer.inputShape.count)
      let dy = random.normal(9 * layer.outputShape.count)
      let results = Engine.allCases.map { engine in
        let run = LayerRun(
          sizes.layer(engine), rows: 9, shardSize: 8, parameters: parameters)
        let y = run.forward(x)
        let gradients = run.backward(dy)
        return [y, gradients.input] + gradients.parameters
      }
      for (native, other) in zip(results[0], results[1]) {
        #expect(largestRelativeDifference(native, other.doubles) < 1e-5, "\(sizes.testDescription)")
      }
    }
  }

  @Test("the bits are the same in any shards and for any number of merging workers")
  func shards() {
    for sizes in [
      Case(size: 3, step: 2, inputs: 5, outputs: 70, rows: 9, columns: 8),
      Case(size: 3, inputs: 17, outputs: 70, rows: 9, columns: 8),
      Case(size: 3, inputs: 16, outputs: 16, rows: 70, columns: 66),
    ] {
      checkShards(sizes)
    }
  }

  private func checkShards(_ sizes: Case) {
    var random = RandomValues(3)
    let layer = sizes.layer(.native)
    let parameters = sizes.parameters(layer, &random)
    let x = random.normal(27 * layer.inputShape.count)
    let dy = random.normal(27 * layer.outputShape.count)
    let results = [(8, 1), (16, 2), (27, 3)].map { shardSize, workers in
      let run = LayerRun(
        layer, rows: 27, shardSize: shardSize, workers: workers, parameters: parameters)
      let y = run.forward(x)
      let gradients = run.backward(dy)
      return [y, gradients.input] + gradients.parameters
    }
    #expect(results.allSatisfy { $0.map(bits) == results[0].map(bits) })
  }

  @Test(
    "a 3 x 3 kernel that moves by one position uses Winograd's filtering, if that saves enough"
  )
  func winograd() {
    func products(_ sizes: Case) -> [Bool] {
      let layer = sizes.layer(.native)
      return [layer.winograd != nil, layer.gradientWinograd != nil]
    }
    let all = Case(size: 3, inputs: 32, outputs: 16, rows: 28, columns: 28)
    #expect(products(all) == [true, true])
    #expect(all.layer(.openblas).winograd == nil)
    #expect(all.layer(.native).withoutInputGradient().gradientWinograd == nil)
    for change: (inout Case) -> Void in [
      { $0.size = 5 }, { $0.step = 2 }, { $0.groups = 2 }, { $0.inputs = 15 },
      { $0.outputs = 8 },
      {
        $0.rows = 3; $0.columns = 3
      }, { $0.rows = 1 },
      { $0.columns = 1 << 15 },
    ] {
      var other = all
      change(&other)
      #expect(products(other) == [false, false], "\(other)")
    }
  }

  @Test("what is executed of its operations is less with Winograd's filtering: 16 of 36")
  func executedOperations() {
    let layer = Case(size: 3, inputs: 32, outputs: 16, rows: 28, columns: 28).layer(.native)
    let (all, executed) = (layer.operations, layer.executedOperations)
    #expect(all.forward == 2 * 784 * 9 * 32 * 16)
    #expect(36 * executed.forward == 16 * all.forward)
    #expect(36 * executed.inputGradient == 16 * all.inputGradient)
    #expect(36 * executed.parameterGradients == 16 * all.parameterGradients)
    let direct = Case(size: 5, inputs: 32, outputs: 16, rows: 28, columns: 28).layer(.native)
    #expect(direct.executedOperations == direct.operations)
  }

  @Test("transformed weights are the same, however many workers share the work")
  func transformedParts() {
    var random = RandomValues(6)
    let layer = Case(size: 3, isPadded: false, inputs: 17, outputs: 70, rows: 8, columns: 8)
      .layer(.native)
    let weights = AlignedBuffer<Float>(count: layer.weightCount)
    _ = weights.elements.update(fromContentsOf: random.normal(weights.count))
    func kept(_ parts: Int) -> [Float] {
      let kept = AlignedBuffer<Float>(count: layer.keptCount)
      kept.elements.update(repeating: 7)
      let memory = LayerMemory(
        parameters: weights.pointer, statistics: weights.pointer, kept: kept.pointer)
      layer.parametersChanged(0..<layer.weightCount, memory: memory)
      for part in 0..<parts { layer.transformParameters(part: part, of: parts, memory: memory) }
      return withExtendedLifetime(weights) { Array(kept.elements) }
    }
    for parts in [2, 3, 19, 100] { #expect(bits(kept(parts)) == bits(kept(1))) }
  }

  @Test("a convolution of one row and column is a linear map of each position")
  func pointwise() {
    var random = RandomValues(4)
    let convolution = Case(size: 1, inputs: 7, outputs: 66, rows: 3, columns: 4).layer(.native)
    let linear = Linear(
      name: "dense1", inputCount: 7, outputCount: 66, hasBias: true, initializer: .zeros)
    let parameters = convolution.parameters.map { random.normal($0.count) }
    let x = random.normal(8 * 12 * 7)
    let one = LayerRun(convolution, rows: 8, shardSize: 8, parameters: parameters)
    let other = LayerRun(linear, rows: 8 * 12, shardSize: 8 * 12, parameters: parameters)
    #expect(bits(one.forward(x)) == bits(other.forward(x)))
  }

  @Test("what is kept of the weights is the same whichever runs of them are said to have changed")
  func changedRuns() {
    var random = RandomValues(5)
    for sizes in [
      Case(size: 3, step: 2, inputs: 70, outputs: 67), Case(size: 2, step: 3, groups: 2),
    ] {
      let layer = sizes.layer(.native)
      let count = layer.weightCount
      let weights = AlignedBuffer<Float>(count: count + 200)
      _ = weights.elements.update(fromContentsOf: random.normal(weights.count))
      func kept(_ length: Int) -> [Float] {
        let kept = AlignedBuffer<Float>(count: layer.keptCount)
        kept.elements.update(repeating: .nan)
        let memory = LayerMemory(
          parameters: weights.pointer, statistics: weights.pointer, kept: kept.pointer)
        for first in stride(from: 0, to: count, by: length) {
          layer.parametersChanged(first..<min(first + length, count), memory: memory)
        }
        return withExtendedLifetime(weights) { Array(kept.elements) }
      }
      let whole = kept(count)
      #expect(whole.allSatisfy { !$0.isNaN })
      for length in [1, 64, 1_000] { #expect(bits(kept(length)) == bits(whole)) }
    }
  }
}

@Suite("Where a kernel lies along a dimension")
struct KernelAxisTests {
  @Test("padding keeps the size, and every stride divides it, rounded up")
  func outputs() {
    for count in 1...9 {
      for size in 1...7 {
        for step in 1...4 {
          let axis = KernelAxis(inputCount: count, size: size, step: step, isPadded: true)
          #expect(axis.outputCount == (count + step - 1) / step)
          if size <= count {
            let valid = KernelAxis(inputCount: count, size: size, step: step, isPadded: false)
            #expect(valid.outputCount == (count - size) / step + 1)
            #expect(valid.paddedCount == count)
          }
        }
      }
    }
  }

  @Test("the phases cover each position of the input once, with the elements that reach it")
  func phases() {
    for count in 1...9 {
      for size in 1...7 {
        for step in 1...4 {
          for isPadded in [true, false] where isPadded || size <= count {
            let axis = KernelAxis(inputCount: count, size: size, step: step, isPadded: isPadded)
            var covered = [Int](repeating: 0, count: count)
            for phase in axis.phases {
              for number in 0..<phase.count {
                let position = phase.first + number * step
                covered[position] += 1
                // The output's positions that read this one, and with which element of the kernel.
                let reading = (0..<axis.outputCount).filter {
                  (0..<size).contains(position + axis.before - $0 * step)
                }
                let window = (0..<phase.kernelCount).map {
                  phase.start + number + $0 - axis.gradientBefore
                }
                #expect(window.filter { (0..<axis.outputCount).contains($0) } == reading)
                #expect(window.allSatisfy { $0 + axis.gradientBefore < axis.gradientPaddedCount })
                #expect(window.allSatisfy { $0 + axis.gradientBefore >= 0 })
                for output in reading {
                  let element = position + axis.before - output * step
                  #expect(element % step == phase.kernelFirst)
                }
              }
            }
            #expect(covered.allSatisfy { $0 == 1 })
          }
        }
      }
    }
  }
}
