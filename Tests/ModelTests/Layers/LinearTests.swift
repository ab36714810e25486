import Testing

@testable import Model
@testable import Parallel

@Suite("The linear layer")
struct LinearTests {
  @Test(
    "output and gradients are those of x W + b, in any shards and pieces",
    arguments: shardSizesOf13, [(true, Engine.native), (false, .native), (true, .openblas)])
  func gradients(shardSize: Int, kind: (hasBias: Bool, engine: Engine)) {
    let hasBias = kind.hasBias
    var random = RandomValues(1)
    let layer = Linear(
      name: "dense1", inputCount: 7, outputCount: 5, hasBias: hasBias, initializer: .he(fanIn: 7),
      engine: kind.engine)
    let weight = random.normal(35)
    let bias = random.normal(5)
    checkLayer(
      layer, rows: 13, shardSize: shardSize, parameters: hasBias ? [weight, bias] : [weight]
    ) { x, parameters in
      Twin.linear(
        x, weight: parameters[0].matrix(columns: 5), bias: hasBias ? parameters[1] : nil)
    }
  }

  @Test(
    "outputs and gradients are whole where the matrix has many panels and tiles",
    arguments: Engine.allCases)
  func largeMatrix(engine: Engine) {
    var random = RandomValues(2)
    let layer = Linear(
      name: "dense1", inputCount: 130, outputCount: 300, hasBias: false,
      initializer: .he(fanIn: 130),
      engine: engine)
    let x = random.normal(70 * 130)
    let dy = random.normal(70 * 300)
    let weight = random.normal(130 * 300)
    let run = LayerRun(layer, rows: 70, shardSize: 64, parameters: [weight])
    let output = run.forward(x)
    let (inputGradient, gradients) = run.backward(dy)
    let gradient = gradients[0]
    let w = weight.map(Double.init)
    #expect(
      largestRelativeDifference(
        output,
        x.rows(of: 130).flatMap { x in
          (0..<300).map { j in x.enumerated().reduce(0) { $0 + Double($1.1) * w[$1.0 * 300 + j] } }
        }) < 1e-5)
    #expect(
      largestRelativeDifference(
        inputGradient,
        dy.rows(of: 300).flatMap { dy in
          (0..<130).map { i in dy.enumerated().reduce(0) { $0 + Double($1.1) * w[i * 300 + $1.0] } }
        }) < 1e-5)
    var expected = [Double](repeating: 0, count: 130 * 300)
    for (x, dy) in zip(x.rows(of: 130), dy.rows(of: 300)) {
      for (i, x) in x.enumerated() {
        for (j, dy) in dy.enumerated() { expected[i * 300 + j] += Double(x) * Double(dy) }
      }
    }
    #expect(largestRelativeDifference(gradient, expected) < 1e-5)
  }

  @Test(
    "the tiles of the gradient cover the matrix once",
    arguments: [(1, 1), (7, 5), (784, 512), (512, 10), (100, 300), (3, 1_000)],
    Engine.allCases)
  func tiles(size: (rows: Int, columns: Int), engine: Engine) {
    let layer = Linear(
      name: "dense1", inputCount: size.rows, outputCount: size.columns, hasBias: true,
      initializer: .zeros, engine: engine)
    var covered = [Int](repeating: 0, count: size.rows * size.columns)
    for tile in layer.gradientTiles() {
      for place in tile.offset..<tile.offset + tile.count { covered[place] += 1 }
    }
    #expect(covered.allSatisfy { $0 == 1 })
    #expect(layer.largestTileCount == layer.gradientTiles().map(\.count).max())
  }

  @Test(
    "a tile's gradient over many rows is the pairwise sum of its blocks' gradients, computed in parts",
    arguments: Engine.allCases, [1, 64, 65, 200, 577, 1300])
  func tileOfManyRows(engine: Engine, rows: Int) {
    var random = RandomValues(4)
    let layer = Linear(
      name: "dense1", inputCount: 200, outputCount: 150, hasBias: false, initializer: .zeros,
      engine: engine)
    let x = AlignedBuffer<Float>(count: rows * 200)
    let dy = AlignedBuffer<Float>(count: rows * 150)
    _ = x.elements.update(fromContentsOf: random.normal(x.count))
    _ = dy.elements.update(fromContentsOf: random.normal(dy.count))
    let samples = AlignedBuffer<UInt32>(count: rows)
    func pass(_ part: Range<Int>) -> LayerContext {
      let unused = x.pointer
      return LayerContext(
        memory: LayerMemory(parameters: unused, statistics: unused, kept: unused),
        rows: part.count, epoch: 1, samples: samples.pointer,
        input: x.pointer + part.lowerBound * 200, output: unused,
        outputGradient: dy.pointer + part.lowerBound * 150, inputGradient: nil,
        forwardPartials: .init(first: unused, stride: 0),
        backwardPartials: .init(first: unused, stride: 0), scratch: unused)
    }
    let plan = LeafPlan(rowCount: rows)
    for tile in layer.gradientTiles() {
      let slots = AlignedBuffer<Float>(
        count: tile.count * PairwiseTree.slotCount(leafCount: plan.blockCount))
      var parts: [Int] = []
      layer.tileGradient(
        tile, pass: pass(0..<rows), into: .init(first: slots.pointer, stride: tile.count)
      ) { parts += $0 }
      #expect(parts == Array(0..<tile.count))

      let sum = PairwiseTree.sum(leafCount: plan.blockCount) { block in
        var share = [Float](repeating: .nan, count: tile.count)
        layer.tileGradient(
          tile, pass: pass(plan.rows(of: plan.leaves(ofBlock: block))), into: &share)
        return share
      } combine: { sum, share in
        sum = zip(sum, share).map(+)
      }
      #expect(Array(slots.elements[..<tile.count]) == sum)
    }
    withExtendedLifetime((x, dy, samples)) {}
  }

  @Test(
    "what is kept of the weights is the same whichever runs of them are said to have changed",
    arguments: [1, 3, 64, 100, 129, 5_000])
  func changedRuns(length: Int) {
    var random = RandomValues(5)
    let layer = Linear(
      name: "dense1", inputCount: 70, outputCount: 130, hasBias: true, initializer: .zeros,
      engine: .native)
    let count = 70 * 130
    let biasOffset = paddedCount(count)
    let weights = AlignedBuffer<Float>(count: biasOffset + 130)
    _ = weights.elements.update(fromContentsOf: random.normal(weights.count))
    func kept(_ ranges: [Range<Int>]) -> [Float] {
      let kept = AlignedBuffer<Float>(count: layer.keptCount)
      kept.elements.update(repeating: .nan)
      let memory = LayerMemory(
        parameters: weights.pointer, statistics: weights.pointer, kept: kept.pointer)
      for range in ranges { layer.parametersChanged(range, memory: memory) }
      return withExtendedLifetime(weights) { Array(kept.elements) }
    }
    let whole = kept([0..<count])
    #expect(whole.allSatisfy { !$0.isNaN })
    let runs = stride(from: 0, to: count, by: length).map { $0..<min($0 + length, count) }
    #expect(kept(runs) == whole)
    // Of a bias nothing is kept.
    #expect(kept([biasOffset..<biasOffset + 130]).allSatisfy { $0.isNaN })
  }

  @Test("evaluation computes what training computes")
  func evaluation() {
    var random = RandomValues(3)
    let layer = Linear(
      name: "dense1", inputCount: 7, outputCount: 5, hasBias: true, initializer: .zeros)
    let run = LayerRun(
      layer, rows: 9, shardSize: 4, parameters: [random.normal(35), random.normal(5)])
    let x = random.normal(63)
    #expect(run.evaluate(x) == run.forward(x))
  }
}
