import Testing

@testable import Model
@testable import Training

@Suite("The plan of a step's matrices")
struct BufferPlanTests {
  static func plan(_ text: String, fuses: Bool = false) throws -> BufferPlan {
    BufferPlan(Network(try testArchitecture(model: text), seed: 0, fuses: fuses))
  }

  @Test("of layers one after the other shares the gradients of layers that work in place")
  func chain() throws {
    // dense1 batchnorm1 relu1 dense2, of which the first needs no input gradient.
    let plan = try Self.plan("dense 8 bn relu")
    #expect(plan.columns == [36, 8, 8, 8, 5, 5, 8])
    #expect(plan.nodes.map(\.input) == [0, 1, 2, 3])
    #expect(plan.nodes.map(\.output) == [1, 2, 3, 4])
    #expect(plan.nodes.map(\.outputGradient) == [6, 6, 6, 5])
    #expect(plan.nodes.map(\.inputGradient) == [nil, 6, 6, 6])
    #expect(plan.nodes.allSatisfy { $0.additions.isEmpty && $0.secondInput == nil })
  }

  @Test("of a block copies the sum's gradient to the shortcut, and adds the block's to it")
  func block() throws {
    // dense1 dense2 sum1 dense3
    let plan = try Self.plan("dense 8, residual(dense 8)")
    let sum = plan.nodes[2]
    #expect(sum.secondInput == plan.nodes[0].output)
    #expect(sum.inputGradient == sum.outputGradient)
    let shortcut = try #require(sum.secondInputGradient)
    #expect(shortcut != sum.outputGradient)
    #expect(plan.nodes[0].outputGradient == shortcut)
    let block = plan.nodes[1]
    #expect(block.outputGradient == sum.outputGradient)
    let gradient = try #require(block.inputGradient)
    #expect(gradient != shortcut && gradient != block.outputGradient)
    #expect(block.additions == [BufferPlan.Addition(from: gradient, to: shortcut)])
    // The input, four outputs, three gradients and what is added.
    #expect(plan.columns.count == 9)
    #expect(plan.columns.sorted() == [5, 5, 8, 8, 8, 8, 8, 8, 36])
  }

  @Test("of a block at the input gives the input no gradient")
  func firstBlock() throws {
    let plan = try Self.plan("residual(dense 36)")
    #expect(plan.nodes[1].secondInputGradient == nil)
    #expect(plan.nodes[0].inputGradient == nil)
    #expect(plan.nodes.allSatisfy { $0.additions.isEmpty })
  }

  @Test("shares the memory of gradients that are added at once")
  func temporaries() throws {
    let block = "residual(dense 8 relu)"
    let one = try Self.plan("dense 8, \(block)")
    let three = try Self.plan("dense 8, \(block), \(block), \(block)")
    let added = Set(three.nodes.flatMap { $0.additions.map(\.from) })
    #expect(added.count == 1)
    // For each block: two outputs and a sum, their gradient and the shortcut's.
    #expect(three.columns.count - one.columns.count == 2 * (3 + 1))
  }

  @Test("is followed by the stages, which add a gradient after the layer that gives it")
  func stages() throws {
    let network = Network(try testArchitecture(model: "dense 8, residual(dense 8 bn)"), seed: 0)
    // dense1 dense2 batchnorm1 sum1 dense3
    let operations = StageProgram(network).stages.flatMap(\.operations)
    let backward = try #require(operations.firstIndex(of: .backward(layer: 1)))
    #expect(operations[backward + 1] == .addGradients(layer: 1))
    #expect(operations[backward - 1] == .finishBackward(layer: 2))
    #expect(operations.count { if case .addGradients = $0 { true } else { false } } == 1)
  }
}

@Suite("The blocks of a step's matrices")
struct BufferBlocksTests {
  static let models = [
    "dense 8 bn relu", "conv 3x3 bn relu, conv 4x3 relu bn, dense 8",
    "conv 4x3 relu, residual(conv 4x3 bn relu, conv 4x3 bn) relu, residual(conv 6x3 stride 2 bn, conv 6x3) relu",
    "dense 8, residual(dense 8 relu), residual(dense 8 relu, dense 8), residual(dense 3)",
  ]

  @Test("hold no two matrices that are needed at the same time", arguments: models, [true, false])
  func lifetimes(text: String, fuses: Bool) throws {
    let network = Network(try testArchitecture(model: text), seed: 0, fuses: fuses)
    let plan = BufferPlan(network)
    let blocks = BufferBlocks(plan, network)
    let lifetimes = BufferBlocks.lifetimes(plan, network)
    for (index, lifetime) in lifetimes.enumerated() {
      #expect(blocks.strides[blocks.blocks[index]] >= plan.columns[index])
      for other in lifetimes.indices where other != index {
        guard blocks.blocks[other] == blocks.blocks[index] else { continue }
        #expect(!lifetime.isExclusive && !lifetimes[other].isExclusive)
        #expect(
          lifetime.last < lifetimes[other].first || lifetimes[other].last < lifetime.first,
          "\(index) and \(other)")
      }
    }
  }

  @Test("take less memory than the matrices, the less the deeper the network")
  func memory() throws {
    func share(_ text: String) throws -> Double {
      let network = Network(try testArchitecture(model: text), seed: 0)
      let plan = BufferPlan(network)
      let blocks = BufferBlocks(plan, network)
      return Double(blocks.floatsPerRow) / Double(plan.columns.reduce(0, +))
    }
    let layer = "conv 8x3 bn relu"
    let shallow = try share(layer)
    let deep = try share(Array(repeating: layer, count: 8).joined(separator: ", "))
    #expect(deep < shallow && deep < 0.75)
  }
}

@Suite("The plan of a forward pass")
struct ForwardPlanTests {
  @Test("of layers one after the other takes two matrices in turn, each as wide as it must be")
  func chain() throws {
    let network = Network(try testArchitecture(model: "dense 8, dense 40, dense 9"), seed: 0)
    let plan = ForwardPlan(network)
    #expect(plan.matrices == [0, 1, 0, 1, 0])
    #expect(plan.columns == [40, 9])
  }

  @Test(
    "never writes a matrix that is still to be read",
    arguments: [
      "dense 9 relu, residual(dense 9 bn relu, dense 9 bn) relu, residual(dense 3, dense 9)",
      "residual(residual(residual(dense 36), dense 4, dense 36) relu, dense 36) relu",
      "dense 7, residual(residual(dense 7), residual(dense 7, residual(dense 2, dense 7)))",
    ], [true, false])
  func values(text: String, fuses: Bool) throws {
    let network = Network(try testArchitecture(model: text), seed: 0, fuses: fuses)
    let plan = ForwardPlan(network)
    var held = [plan.matrices[0]: 0]
    for (index, node) in network.nodes.enumerated() {
      let output = plan.matrices[index + 1]
      for source in [node.input, node.secondInput].compactMap({ $0 }) {
        #expect(held[plan.matrices[source.valueIndex]] == source.valueIndex, "\(node.layer.name)")
        #expect(plan.matrices[source.valueIndex] != output)
      }
      held[output] = index + 1
      #expect(plan.columns[output] >= node.layer.outputShape.count)
    }
    #expect(plan.columns.count < network.nodes.count)
  }
}
