import Files
import Testing

@testable import Model

@Suite("A perceptron")
struct PerceptronTests {
  static let perceptrons = [
    Perceptron(), Perceptron(hidden: [7]), Perceptron(hidden: [7, 8, 7], batchNorm: false),
    Perceptron(hidden: [7, 8], dropout: 0), Perceptron(hidden: [9], batchNorm: false, dropout: 0),
    Perceptron(hidden: [1, 65_536], dropout: 1 - .ulpOfOne / 2),
  ]

  @Test("is found again in its description", arguments: perceptrons)
  func roundTrip(perceptron: Perceptron) throws {
    #expect(Perceptron(perceptron.model) == perceptron)
    #expect(Perceptron(try ModelDescription(perceptron.model.description)) == perceptron)
  }

  @Test("is the text that --hidden is short for")
  func text() {
    #expect(
      Perceptron().model.description
        == "dense 512 bn relu dropout 0.2, dense 256 bn relu dropout 0.2")
    #expect(
      Perceptron(hidden: [5, 6], batchNorm: false, dropout: 0).model.description
        == "dense 5 relu, dense 6 relu")
    #expect(Perceptron(hidden: []).model.description == "none")
  }

  @Test(
    "is not recognized in a description with other layers",
    arguments: [
      "dense 5", "dense 5 relu bn", "dense 5 bn relu, dense 5 relu", "residual(dense 5) relu",
      "dense 5 relu dropout 0.1, dense 5 relu dropout 0.2", "dense 5 relu dropout 0.1 dropout 0.1",
      "dense 5 dropout 0.1 relu",
    ])
  func others(text: String) throws {
    #expect(Perceptron(try ModelDescription(text)) == nil)
  }

  @Test("is what older files describe, within their limits")
  func limits() throws {
    try ArchitectureError.check(Perceptron(hidden: [Int](repeating: 1, count: 1_000)))
    for (perceptron, message) in [
      (
        Perceptron(hidden: [Int](repeating: 1, count: 1_001)),
        "found 1001 layers, expected at most 1000 layers"
      ),
      (Perceptron(hidden: [5, 0]), "found [5, 0], expected widths from 1 to 65536"),
      (Perceptron(dropout: 1), "found 1.0, expected at least 0 and less than 1"),
      (Perceptron(dropout: .nan), "found nan"),
    ] {
      let error = #expect(throws: ArchitectureError.self) {
        try ArchitectureError.check(perceptron)
      }
      #expect(error?.description.contains(message) == true)
    }
  }
}

@Suite("A preset")
struct ModelPresetTests {
  @Test("is a name for its description", arguments: ModelPreset.all.map(\.name))
  func names(name: String) throws {
    let preset = try #require(ModelPreset.all.first { $0.name == name })
    #expect(try ModelPreset.model(name.uppercased()) == preset.model)
    #expect(try ModelPreset.model(preset.model.description) == preset.model)
    // A name must not be a description.
    #expect(throws: SyntaxError.self) { try ModelDescription(name) }
    _ = try Architecture(input: Shape(28, 28, 1), model: preset.model, classCount: 10)
  }

  @Test("is named once, and the default network is one")
  func unique() {
    let names = ModelPreset.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(ModelPreset.all.contains { $0.model == Perceptron().model })
  }
}
