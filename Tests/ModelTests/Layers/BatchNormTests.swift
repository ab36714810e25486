import Testing

@testable import Model
@testable import Parallel

@Suite("Batch normalization")
struct BatchNormTests {
  /// batchnorm.json.
  struct Content: Decodable {
    let x, dy, y, dx, y_eval: [[Double]]
    let gamma, beta, running_mean, running_var, dgamma, dbeta: [Double]
  }

  @Test(
    "output and gradients are those of the whole batch, in any shards", arguments: shardSizesOf13)
  func gradients(shardSize: Int) {
    var random = RandomValues(1)
    checkLayer(
      BatchNorm(name: "batchnorm1", shape: Shape(5)), rows: 13, shardSize: shardSize,
      parameters: [random.normal(5, mean: 1), random.normal(5)]
    ) { x, parameters in
      Twin.batchNorm(x, gamma: parameters[0], beta: parameters[1])
    }
  }

  @Test(
    "of images, output and gradients are those over all positions, in any shards",
    arguments: [13, 8], [true, false])
  func images(shardSize: Int, isFused: Bool) {
    var random = RandomValues(5)
    let channels = 3
    let layer = BatchNorm(name: "batchnorm1", shape: Shape(2, 3, channels))
    checkLayer(
      isFused ? BatchNormReLUDropout(layer, nil) : layer, rows: 13, shardSize: shardSize,
      parameters: [random.normal(channels, mean: 1), random.normal(channels)]
    ) { x, parameters in
      let pixels = x.flatMap { $0.matrix(columns: channels) }
      let y = Twin.batchNorm(pixels, gamma: parameters[0], beta: parameters[1])
      return (isFused ? Twin.rectify(y) : y).flatMap(\.self).matrix(columns: x[0].count)
    }
  }

  @Test("every value is PyTorch's within 1e-5, in any shards", arguments: shardSizesOf13, [1, 3])
  func reference(shardSize: Int, workers: Int) throws {
    let content = try Reference.read("batchnorm", as: Content.self)
    func floats(_ rows: [[Double]]) -> [Float] { rows.flatMap { $0.map { Float($0) } } }
    let run = LayerRun(
      BatchNorm(name: "batchnorm1", shape: Shape(5)), rows: 13, shardSize: shardSize,
      workers: workers,
      parameters: [content.gamma.map { Float($0) }, content.beta.map { Float($0) }])
    let y = run.forward(floats(content.x))
    let gradients = run.backward(floats(content.dy))
    let statistics = run.statisticsValues
    let evaluated = run.evaluate(floats(content.x))
    let pairs: [(String, [Float], [Double])] = [
      ("y", y, content.y.flatMap(\.self)),
      ("dx", gradients.input, content.dx.flatMap(\.self)),
      ("dgamma", gradients.parameters[0], content.dgamma),
      ("dbeta", gradients.parameters[1], content.dbeta),
      ("running_mean", statistics[0], content.running_mean),
      ("running_var", statistics[1], content.running_var),
      ("y_eval", evaluated, content.y_eval.flatMap(\.self)),
    ]
    for (name, found, expected) in pairs {
      #expect(largestRelativeDifference(found, expected) < 1e-5, "\(name)")
    }
  }

  @Test("more columns than a worker's slice holds come out the same for any number of workers")
  func workers() {
    var random = RandomValues(2)
    let x = random.normal(20 * 100)
    let dy = random.normal(20 * 100)
    let parameters = [random.normal(100), random.normal(100)]
    let results = [1, 2, 3, 8].map { workers in
      let run = LayerRun(
        BatchNorm(name: "batchnorm1", shape: Shape(100)), rows: 20, shardSize: 3,
        workers: workers, parameters: parameters)
      let y = run.forward(x)
      let gradients = run.backward(dy)
      return [y, gradients.input] + gradients.parameters + run.statisticsValues
    }
    #expect(results.allSatisfy { $0.map(bits) == results[0].map(bits) })
  }

  @Test("a column whose values lie close together far from zero keeps its variance")
  func largeOffset() {
    var random = RandomValues(3)
    let x = random.normal(64, mean: 1_000, deviation: 0.1)
    let run = LayerRun(
      BatchNorm(name: "batchnorm1", shape: Shape(1)), rows: 64, shardSize: 8,
      parameters: [[1], [0]])
    let y = run.forward(x)
    let expected = Twin.batchNorm(x.doubles.matrix(columns: 1), gamma: [1], beta: [0])
    #expect(largestRelativeDifference(y, expected.flatMap(\.self)) < 1e-2)
  }
}
