import Files

@testable import Model
@testable import Parallel

/// A layer for tests alone, which no part of the product knows: `y = (x - mean(x)) W + 2 b`, where
/// the mean is each column's over the batch; a running mean in evaluation.
///
/// It takes part in all that a layer can: W's gradient comes in tiles and b's out of a merge, and
/// of both the layer keeps something from step to step, the transpose and the double.
struct ToyLayer: ForwardMerging, BackwardFinishing, TiledGradients, CachesParameters {
  let name: String
  let inputCount: Int
  let outputCount: Int
  /// Rows of W in a tile.
  var tileRows = 3

  var inputShape: Shape { Shape(inputCount) }
  var outputShape: Shape { Shape(outputCount) }
  var isBackwardInPlace: Bool { false }
  var formulas: [LayerFormula]? { nil }

  var parameters: [TensorDeclaration] {
    [
      TensorDeclaration(
        "weight", shape: [inputCount, outputCount],
        initializer: .xavier(fanIn: inputCount, fanOut: outputCount), decays: true),
      TensorDeclaration("bias", shape: [outputCount], initializer: .zeros),
    ]
  }

  var statistics: [TensorDeclaration] {
    [TensorDeclaration("running_mean", shape: [inputCount], initializer: .zeros)]
  }

  private var biasOffset: Int { paddedCount(inputCount * outputCount) }

  // What is kept: the mean, the mean of the gradient, the double of b, the transpose of W.
  private var doubleOffset: Int { 2 * inputCount }
  private var transposeOffset: Int { doubleOffset + outputCount }
  var keptCount: Int { transposeOffset + inputCount * outputCount }

  func parametersChanged(_ range: Range<Int>, memory: LayerMemory) {
    for place in range {
      let value = memory.parameters[place]
      if place < inputCount * outputCount {
        let (i, j) = place.quotientAndRemainder(dividingBy: outputCount)
        memory.kept[transposeOffset + j * inputCount + i] = value
      } else {
        memory.kept[doubleOffset + place - biasOffset] = 2 * value
      }
    }
  }

  var forwardMerge: MergeRule { .sum(count: inputCount) }

  func forward(_ pass: LayerContext) {
    pass.forEachLeaf { leaf, rows in
      for i in 0..<inputCount {
        pass.forwardPartial(leaf)[i] = rows.reduce(0) { $0 + pass.input[$1 * inputCount + i] }
      }
    }
  }

  func mergedForward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory
  ) {
    for i in columns {
      memory.kept[i] = merged[i] / Float(batchRows)
      memory.statistics[i] = 0.75 * memory.statistics[i] + 0.25 * memory.kept[i]
    }
  }

  func finishForward(_ pass: LayerContext) { evaluate(pass.asEvaluation) }

  func prepareEvaluation(_ memory: LayerMemory) {
    for i in 0..<inputCount { memory.kept[i] = memory.statistics[i] }
    for j in 0..<outputCount {
      memory.kept[doubleOffset + j] = 2 * memory.parameters[biasOffset + j]
    }
  }

  func evaluate(_ pass: EvaluationContext) {
    let memory = pass.memory
    for row in 0..<pass.rows {
      for j in 0..<outputCount {
        pass.output[row * outputCount + j] = (0..<inputCount).reduce(memory.kept[doubleOffset + j])
        {
          $0 + (pass.input[row * inputCount + $1] - memory.kept[$1])
            * memory.parameters[$1 * outputCount + j]
        }
      }
    }
  }

  var backwardMerge: MergeRule? { .sum(count: inputCount + outputCount) }

  func backward(_ pass: LayerContext) {
    let transpose = pass.memory.kept + transposeOffset
    for row in 0..<pass.rows {
      for i in 0..<inputCount {
        pass.inputGradient?[row * inputCount + i] = (0..<outputCount).reduce(0) {
          $0 + pass.outputGradient[row * outputCount + $1] * transpose[$1 * inputCount + i]
        }
      }
    }
    pass.forEachLeaf { leaf, rows in
      for i in 0..<inputCount {
        pass.backwardPartial(leaf)[i] = rows.reduce(0) {
          $0 + (pass.inputGradient?[$1 * inputCount + i] ?? 0)
        }
      }
      for j in 0..<outputCount {
        pass.backwardPartial(leaf)[inputCount + j] = rows.reduce(0) {
          $0 + pass.outputGradient[$1 * outputCount + j]
        }
      }
    }
  }

  func mergedBackward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory,
    gradients: UnsafeMutablePointer<Float>
  ) {
    for column in columns {
      if column < inputCount {
        memory.kept[inputCount + column] = merged[column] / Float(batchRows)
      } else {
        gradients[biasOffset + column - inputCount] = 2 * merged[column]
      }
    }
  }

  func finishBackward(_ pass: LayerContext) {
    for row in 0..<pass.rows {
      for i in 0..<inputCount {
        pass.inputGradient?[row * inputCount + i] -= pass.memory.kept[inputCount + i]
      }
    }
  }

  var largestTileCount: Int { min(tileRows, inputCount) * outputCount }

  func gradientTiles() -> [GradientTile] {
    stride(from: 0, to: inputCount, by: tileRows).map { row in
      GradientTile(
        offset: row * outputCount, rows: row..<min(row + tileRows, inputCount),
        columns: 0..<outputCount)
    }
  }

  func tileGradient(
    _ tile: GradientTile, pass: LayerContext, into slots: LayerContext.Slots,
    willCompute: (Range<Int>) -> Void
  ) {
    willCompute(0..<tile.count)
    sumBlocks(rowCount: pass.rows, count: tile.count, into: slots) { rows, destination, adds in
      for (place, index) in tile.range.enumerated() {
        let (i, j) = index.quotientAndRemainder(dividingBy: outputCount)
        let share = rows.reduce(0) {
          $0 + (pass.input[$1 * inputCount + i] - pass.memory.kept[i])
            * pass.outputGradient[$1 * outputCount + j]
        }
        destination[place] = adds ? destination[place] + share : share
      }
    }
  }
}

/// `toy UNITS`: a toy layer in a model, which no list of kinds has.
struct ToyKind: LayerKind {
  static let keyword = "toy"
  static let syntax = "toy UNITS"
  static let isModifier = false

  let units: Int

  init(units: Int) {
    self.units = units
  }

  init(parsing parser: inout ModelParser) throws(SyntaxError) {
    units = try parser.integer("the UNITS of toy", in: 1...100)
  }

  var text: String { "toy \(units)" }
  var role: LayerRole { .weights }

  func outputShape(for input: Shape) throws(ModelShapeError) -> Shape { Shape(units) }

  func add(to builder: inout NetworkBuilder) {
    builder.append(
      ToyLayer(
        name: builder.name("toy"), inputCount: builder.shape.count, outputCount: units))
  }
}
