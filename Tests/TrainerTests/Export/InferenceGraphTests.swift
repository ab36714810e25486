import Testing

@testable import Export
@testable import Model
@testable import Training

@Suite("The graph of a model to export")
struct InferenceGraphTests {
  @Test("of joined layers is that of the single ones, except for names")
  func fusion() throws {
    let sample = try ExportSample("dense 6 bn relu dropout 0.2")
    let state = try sample.file.state(sample.architecture)
    let tensors = Dictionary(
      uniqueKeysWithValues: state.tensors.map {
        ($0.entry.name, ExportedTensor(shape: $0.entry.shape, values: $0.values))
      })
    let single = try sample.exported().graph
    let joined = try InferenceGraph(state.network, tensors: tensors)
    #expect(state.network.nodes.count < single.steps.count)
    #expect(joined.steps.map(\.formula) == single.steps.map(\.formula))
    #expect(joined.steps.map(\.inputs) == single.steps.map(\.inputs))
  }

  @Test("leaves out dropout that changes nothing in evaluation")
  func identities() throws {
    let text =
      "flatten noise 0.3, dense 6 noise 0.1 relu dropout 0.2, residual(dense 6 dropout 0.1), dense 3"
    let names = try ExportSample(text).exported().graph.withoutIdentities.steps.map(\.name)
    #expect(names == ["dense1", "relu1", "dense2", "sum1", "dense3", "dense4"])
    let vanilla = try ExportSample(text, mode: .vanilla).exported().graph
    #expect(
      vanilla.withoutIdentities.steps.map(\.name) == [
        "dense1", "relu1", "dropout1", "dense2", "dropout2", "sum1", "dense3", "dense4",
      ])
  }

  @Test(
    "keeps a batch norm that does not directly follow a dense or conv which nothing else reads",
    arguments: [
      ("dense 4 bn relu", []),
      ("dense 4 relu bn, dense 3 bn", ["batchnorm1"]), ("conv 4x3 dropout2d 0.3 bn", []),
      ("conv 4x3, pool 2 bn", ["batchnorm1"]), ("conv 4x3, flatten bn", ["batchnorm1"]),
      ("flatten bn, dense 4 bn bn", ["batchnorm1"]),
      ("residual(conv 4x3 bn, conv 4x3) bn", ["batchnorm2"]),
      ("residual(conv 4x3 bn relu, conv 8x3 stride 2 bn) relu", []),
      ("dense 4, residual(flatten bn)", ["batchnorm1"]),
    ])
  func folding(_ text: String, kept: [String]) throws {
    let graph = try ExportSample(text).exported().graph.withoutIdentities
    #expect(graph.foldingBatchNorms.batchNorms == kept)
    #expect(
      graph.foldingBatchNorms.steps.count == graph.steps.count - graph.batchNorms.count + kept.count
    )
  }

  @Test("folds by the formula: the weights times gamma / sqrt(var + eps), and the bias with it")
  func formula() throws {
    let graph = try ExportSample("conv 4x3 bn").exported().graph
    let folded = graph.foldingBatchNorms.steps[0]
    let (convolution, batchNorm) = (graph.steps[0], graph.steps[1])
    let weights = convolution.tensor("weight")
    #expect(folded.tensor("weight").shape == [3, 3, 3, 4])
    for (index, weight) in weights.values.enumerated() {
      let output = index % 4
      func value(_ name: String) -> Double { Double(batchNorm.tensor(name).values[output]) }
      let scale = value("gamma") / (value("running_var") + Double(Float(1e-5))).squareRoot()
      #expect(folded.tensor("weight").values[index] == Float(Double(weight) * scale))
      #expect(
        folded.tensor("bias").values[output]
          == Float(scale * -value("running_mean") + value("beta")))
    }
  }

  @Test("does not fold a batch norm whose weights would be too large for single precision")
  func overflow() throws {
    var graph = try ExportSample("dense 4 bn").exported().graph
    let gamma = graph.steps[1].tensor("gamma")
    graph.steps[1].tensors["gamma"] = ExportedTensor(
      shape: gamma.shape, values: gamma.values.map { _ in .greatestFiniteMagnitude })
    graph.steps[1].tensors["running_var"] = ExportedTensor(
      shape: gamma.shape, values: gamma.values.map { _ in 0 })
    #expect(graph.foldingBatchNorms.batchNorms == ["batchnorm1"])
  }

  @Test("moves the axes of a tensor")
  func transposition() {
    let tensor = ExportedTensor(shape: [2, 3, 4], values: (0..<24).map(Float.init))
    let moved = tensor.transposed([2, 0, 1])
    #expect(moved.shape == [4, 2, 3])
    for (i, j, k) in (0..<24).map({ ($0 / 12, $0 / 4 % 3, $0 % 4) }) {
      #expect(moved.values[(k * 2 + i) * 3 + j] == Float(i * 12 + j * 4 + k))
    }
    #expect(moved.transposed([1, 2, 0]) == tensor)
  }
}
