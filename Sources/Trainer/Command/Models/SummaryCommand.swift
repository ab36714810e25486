import ArgumentParser
import Files
import ImageData
import Model
import Pages
import Training

/// The command `trainer summary`.
struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Print a network's layers: output shapes, parameters and operations; and its memory.",
    discussion: """
      Examples:

        trainer summary --model "dense 128 bn relu, residual(dense 128 bn relu)"
        trainer summary --hidden 800,800 --input 32x32 --classes 100
        trainer summary --model "conv 32x3 bn relu" --input 32x32x3

      Operations are those of products, per sample: a multiplication and its addition count as two.
      Memory is that of training with Adam on one thread, without the data set.
      """)

  @OptionGroup(title: "Network") var options: ModelOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rows, columns and, if there are several, channels of an image.", valueName: "size"))
  var input = ImageExtents(ImageSize(rows: 28, columns: 28))

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Number of classes, 1 to 256.", valueName: "n"))
  var classes = 10

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Samples in a batch, for the memory.", valueName: "n"))
  var batchSize = TrainingConfiguration.standard.batchSize

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    guard SoftmaxCrossEntropy.classCounts.contains(classes) else {
      throw TrainerError(.usage, "--classes is \(classes); it must be from 1 to 256")
    }
    guard (1...Self.largestBatch).contains(batchSize) else {
      throw TrainerError(
        .usage, "--batch-size is \(batchSize); it must be from 1 to \(Self.largestBatch)")
    }
    var configuration = TrainingConfiguration(threads: 1)
    configuration.model = try options.modelDescription()
    configuration.batchSize = batchSize
    let architecture = try configuration.architecture(
      input: input.size.shape, classCount: classes)
    let summary = NetworkSummary(architecture)
    let memory = TrainingMemory(Network(architecture, seed: 0), configuration)
    if json {
      try Console.result(
        try encoded(
          Record(
            network: summary, batchSize: batchSize, trainingMemoryBytes: Int(memory.bytes))))
    } else {
      try Console.result(Self.lines(summary) + [Self.line(memory)])
    }
  }

  private static let largestBatch = 1 << 20

  /// The network's figures, and those of its memory.
  private struct Record: Encodable {
    let network: NetworkSummary
    let batchSize: Int
    let trainingMemoryBytes: Int

    private enum Key: CodingKey {
      case batchSize, trainingMemoryBytes
    }

    func encode(to encoder: any Encoder) throws {
      try network.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(batchSize, forKey: .batchSize)
      try container.encode(trainingMemoryBytes, forKey: .trainingMemoryBytes)
    }
  }

  private static func line(_ memory: TrainingMemory) -> String {
    func mebibytes(_ bytes: Double) -> String { fixed(bytes / 0x1p20, 1) + " MiB" }
    let float = Double(MemoryLayout<Float>.stride)
    return "training memory: \(mebibytes(memory.bytes)) for batches of \(memory.batchSize); "
      + "\(mebibytes(memory.modelFloats * float)) of it for parameters, gradients and moments, "
      + "\(fixed(Double(memory.floatsPerRow) * float / 0x1p10, 1)) KiB for each sample of a batch"
  }

  private static func lines(_ summary: NetworkSummary) -> [String] {
    func shape(_ extents: [Int]) -> String { "\(Shape(extents))" }
    func row(_ name: String, _ output: String, _ counts: Int...) -> [String] {
      [name, output] + counts.map { $0 == 0 ? "-" : "\($0)" }
    }
    let layers = summary.layers.map {
      row(
        $0.name, shape($0.output), $0.parameters, $0.forwardOperations, $0.backwardOperations)
    }
    let total = row(
      "total", "", summary.parameters, summary.forwardOperations, summary.backwardOperations)
    return ["model: \(summary.model)"]
      + TextTable(
        columns: [
          .init("layer", .left), .init("output", .left), .init("parameters"),
          .init("forward"), .init("backward"),
        ], rows: [row("input", shape(summary.input), 0, 0, 0)] + layers + [total]
      ).lines()
  }
}
