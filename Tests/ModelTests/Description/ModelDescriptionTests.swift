import Files
import Foundation
import Parallel
import Testing

@testable import Model

/// Texts of the grammar, by a seeded generator.
struct RandomModels {
  private var random: RandomValues

  init(seed: UInt64) {
    random = RandomValues(seed)
  }

  private mutating func below(_ bound: UInt32) -> Int { Int(random.integers(1, below: bound)[0]) }

  /// Items, at most three, with blocks at most `depth` deep.
  mutating func model(depth: Int) -> String {
    (0...below(3)).map { _ in item(depth: depth) }.joined(separator: ", ")
  }

  private mutating func item(depth: Int) -> String {
    let layer =
      depth > 0 && below(2) == 0 ? "residual(\(model(depth: depth - 1)))" : simpleLayer()
    return layer + (0..<below(4)).map { _ in " " + modifier() }.joined()
  }

  private mutating func simpleLayer() -> String {
    let number = 1 + below(99)
    let layers = [
      "dense \(number)", "conv \(number)x3", "conv \(number)x5 stride 2 valid groups 3",
      "pool \(number)", "pool \(number) stride 100", "avgpool \(number)",
      "avgpool \(number) stride 100", "globalpool", "flatten",
    ]
    return layers[below(UInt32(layers.count))]
  }

  private mutating func modifier() -> String {
    let modifiers = [
      "bn", "relu", "leaky", "gelu", "silu", "dropout 0.25", "dropout 1e-05", "dropout2d 0.5",
      "noise 0.3",
    ]
    return modifiers[below(UInt32(modifiers.count))]
  }
}

@Suite("The description of a model")
struct ModelDescriptionTests {
  @Test("is what it prints", arguments: 0..<200 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = RandomModels(seed: seed)
    let text = random.model(depth: 3)
    let model = try ModelDescription(text)
    #expect(model.description == text)
    #expect(try ModelDescription(model.description) == model)
    let json = try JSONEncoder().encode([model])
    #expect(try JSONDecoder().decode([ModelDescription].self, from: json) == [model])
  }

  @Test(
    "takes upper and lower case and any white space, and leaves out what changes nothing",
    arguments: [
      ("  DENSE 5\tBN  relu,dense 6 ", "dense 5 bn relu, dense 6"),
      ("residual ( dense 5,dense 6 )relu", "residual(dense 5, dense 6) relu"),
      ("dense 5 dropout 0 relu", "dense 5 relu"), ("dense 05 dropout .50", "dense 5 dropout 0.5"),
      ("dense 5 dropout -0.0", "dense 5"), (" None", "none"),
      ("flatten noise 0", "flatten"), ("dense 5 NOISE 1", "dense 5 noise 1.0"),
      ("pool 2 stride 2 dropout2d 0.0", "pool 2"), ("AvgPool 03 Stride 1", "avgpool 3 stride 1"),
      ("conv 8x3 valid groups 2 stride 1", "conv 8x3 valid groups 2"),
      ("CONV 8X3 groups 2 stride 3 valid", "conv 8x3 stride 3 valid groups 2"),
    ])
  func normalForm(text: String, expected: String) throws {
    #expect(try ModelDescription(text).description == expected)
  }

  @Test(
    "is refused with the place, what was found and what was expected",
    arguments: [
      ("", 1, "the end", "a layer: dense UNITS, conv OUTxSIZE"),
      ("relu", 1, "`relu`", "a layer: dense UNITS, conv OUTxSIZE"),
      ("dense", 6, "the end", "the UNITS of dense, from 1 to 65536"),
      ("dense 0", 7, "`0`", "the UNITS of dense, from 1 to 65536"),
      ("dense 65537", 7, "`65537`", "the UNITS of dense, from 1 to 65536"),
      ("dense 99999999999999999999", 7, "`99999999999999999999`", "from 1 to 65536"),
      ("dense 5 rellu", 9, "`rellu`", "`,` or a modifier: bn, relu, leaky, gelu, silu, dropout P"),
      ("pool", 5, "the end", "the SIZE of pool, from 1 to 1024"),
      ("pool 2 stride", 14, "the end", "the stride of pool, from 1 to 1024"),
      ("avgpool 2 stride 0", 18, "`0`", "the stride of avgpool, from 1 to 1024"),
      ("pool 2 Strid 3", 8, "`strid`", "`stride S`, `,` or a modifier: bn, relu"),
      ("pool 2 stride 3 stride 3", 17, "`stride`", "`stride` only once"),
      ("pool 2 relu stride 3", 13, "`stride`", "`,` or a modifier: bn, relu"),
      ("flatten 3", 9, "`3`", "`,` or a modifier"),
      ("conv 8x3 valid valid", 16, "`valid`", "`valid` only once"),
      ("conv 8x3 vald", 10, "`vald`", "`stride S`, `valid`, `groups G`, `,` or a modifier"),
      ("conv 8x3 valid bn, conv 8x3 2", 29, "`2`", "`stride S`, `valid`, `groups G`, `,`"),
      ("conv 32", 6, "`32`", "OUTxSIZE of conv, such as 32x3"),
      ("conv 32 x 3", 6, "`32`", "OUTxSIZE of conv, such as 32x3"),
      ("conv 3x3x3", 6, "`3x3x3`", "OUTxSIZE of conv, such as 32x3"),
      ("conv x3", 6, "`x3`", "OUTxSIZE of conv, such as 32x3"),
      ("conv 0x3", 6, "`0`", "the channels OUT of conv, from 1 to 65536"),
      ("conv 32x0", 9, "`0`", "the SIZE of conv, from 1 to 1024"),
      ("dense 5 dropout 1", 17, "`1`", "the probability P of dropout, at least 0 and less than 1"),
      ("dense 5 dropout nan", 17, "`nan`", "at least 0 and less than 1"),
      ("dense 5 noise -1", 15, "`-1`", "the standard deviation D of noise, from 0 to 1000"),
      ("dense 5 noise nan", 15, "`nan`", "from 0 to 1000"),
      ("dense 5,", 9, "the end", "a layer"), ("dense 5, none", 10, "`none`", "a layer"),
      ("dense 5)", 8, "`)`", "`,` or the end"),
      ("residual dense 5", 10, "`dense`", "`(`"),
      ("residual(dense 5", 17, "the end", "`,` or `)`"),
      ("residual()", 10, "`)`", "a layer"),
      ("dense 5, ümläut", 10, "`ümläut`", "a layer"),
    ] as [(String, Int, String, String)])
  func refusals(text: String, position: Int, found: String, expected: String) {
    let error = #expect(throws: SyntaxError.self) { try ModelDescription(text) }
    #expect(error?.position == position)
    #expect(error?.found == found)
    #expect(error?.expected.contains(expected) == true, "\(error?.expected ?? "")")
  }

  @Test("of more layers or deeper blocks than any network has is refused")
  func limits() throws {
    let layers = Array(repeating: "dense 1", count: 10_000)
    #expect(try ModelDescription(layers.joined(separator: ", ")).items.count == 10_000)
    #expect(throws: SyntaxError.self) {
      try ModelDescription((layers + ["dense 1"]).joined(separator: ", "))
    }
    func nested(_ depth: Int) -> String {
      String(repeating: "residual(", count: depth) + "dense 1"
        + String(repeating: ")", count: depth)
    }
    #expect(try ModelDescription(nested(100)).description == nested(100))
    for depth in [101, 100_000] {
      let error = #expect(throws: SyntaxError.self) { try ModelDescription(nested(depth)) }
      #expect(error?.expected == "at most 100 nested blocks")
    }
  }

  @Test(
    "of bytes that are no description is refused, not read", arguments: 0..<300 as Range<UInt64>)
  func noise(seed: UInt64) {
    var random = RandomValues(seed)
    let words = [
      "dense", "residual", "(", ")", ",", "bn", "dropout", "0.5", "7", "none", "\u{0}", "é", "conv",
      "8x3", "stride", "valid", "pool", "flatten",
    ]
    let text = random.integers(8, below: UInt32(words.count)).map { words[Int($0)] }
      .joined(separator: seed.isMultiple(of: 2) ? " " : "")
    do throws(SyntaxError) {
      let model = try ModelDescription(text)
      #expect(try ModelDescription(model.description) == model)
    } catch {
      #expect((1...text.count + 1).contains(error.position))
      #expect(error.position - 1 + error.length <= max(text.count, error.position))
      #expect(error.marked.split(separator: "\n").count == 2 - (text.isEmpty ? 1 : 0))
    }
  }

  @Test("needs two samples in every batch exactly if a layer normalizes")
  func twoSamples() throws {
    #expect(try ModelDescription("dense 5, residual(dense 5 bn)").hasBatchNorm)
    #expect(try ModelDescription("residual(residual(dense 5 bn) relu)").hasBatchNorm)
    #expect(try !ModelDescription("dense 5 relu, residual(dense 5 dropout 0.5)").hasBatchNorm)
    #expect(try ModelDescription("residual(dense 5 dropout 0.5)").hasDropout)
    #expect(try !ModelDescription("residual(dense 5 bn)").hasDropout)
  }

  @Test("projects the input of a block to the shape of its output")
  func projections() throws {
    func layers(_ text: String) throws -> [(name: String, shape: Shape)] {
      let architecture = try Architecture(
        input: Shape(6, 5, 2), model: ModelDescription(text), classCount: 3)
      return Network(architecture, seed: 0, fuses: false).layers.map { ($0.name, $0.outputShape) }
    }
    let image = try layers("residual(conv 4x3 stride 2 bn relu, conv 4x3 bn) relu")
    #expect(
      image.map(\.name) == [
        "conv1", "batchnorm1", "relu1", "conv2", "batchnorm2", "conv3", "batchnorm3", "sum1",
        "relu2",
        "dense1",
      ])
    #expect(image[5].shape == Shape(3, 3, 4))
    let vector = try layers("residual(dense 7)")
    #expect(vector.map(\.name) == ["dense1", "dense2", "sum1", "dense3"])
    #expect(vector[1].shape == Shape(7))
    #expect(
      try layers("residual(conv 2x3 bn)").map(\.name) == ["conv1", "batchnorm1", "sum1", "dense1"])
  }

  @Test("whose block's rows and columns are no stride of its input's fits no network")
  func blockShapes() throws {
    for (text, message) in [
      (
        "residual(conv 4x3 valid)",
        "residual(conv 4x3 valid): the block gives 4x4x4, its input is 6x6x1"
      ),
      ("residual(pool 3, conv 2x2 valid, dense 1, residual(conv 1x1))", "`conv 1x1` takes"),
    ] {
      let error = #expect(throws: ModelShapeError.self) {
        try Architecture(input: Shape(6, 6, 1), model: ModelDescription(text), classCount: 3)
      }
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
    let model = try ModelDescription("residual(dense 36), dense 5")
    #expect(try model.outputShape(for: Shape(6, 6, 1)) == Shape(5))
  }

  @Test("each kind is listed once, under one keyword, in lower case")
  func kinds() {
    let keywords = LayerKinds.all.map { $0.keyword }
    #expect(Set(keywords).count == keywords.count)
    for kind in LayerKinds.all {
      #expect(kind.keyword == kind.keyword.lowercased())
      #expect(kind.syntax.hasPrefix(kind.keyword))
    }
  }
}
