import ArgumentParser
import Foundation
import Parallel
import Trainer

/// `trainer scale`.
struct ScaleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale",
    abstract: "Measure how training scales with threads, and show what can be believed.",
    discussion: """
      Every configuration is measured in every round, each round in an order of its own, and each \
      measurement in a process of its own:

        trainer scale --threads 1,2,4,8 --output scaling
      """)

  @Option(
    help: ArgumentHelp(
      "Worker threads to measure, separated by commas (default: powers of two up to the CPUs that "
        + "this process may use, and those).",
      valueName: "list"))
  var threads: WholeNumbers?

  @Option(
    help: ArgumentHelp(
      "Samples of a step (default: 512); in weak scaling for each thread.", valueName: "list"))
  var batchSize: WholeNumbers?

  @Option(
    help: ArgumentHelp("Samples that a thread works on at a time (default: 64).", valueName: "list")
  )
  var shardSize: WholeNumbers?

  @Option(
    help: ArgumentHelp(
      "strong keeps the batch (default), weak lets it grow with the threads.", valueName: "mode"))
  var mode: ScalingMode?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rounds, in which every configuration is measured once (default: 5).", valueName: "n"))
  var repeats: Int?

  @OptionGroup(title: "Length of a measurement") var length: LengthOptions
  @OptionGroup(title: "Execution") var blas: BLASCoreOption
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Optimizer") var optimizer: OptimizerOptions

  @Option(
    help: ArgumentHelp(
      "Write scaling.json, scaling.csv and scaling.html into a directory.", valueName: "dir"))
  var output: String?

  @Flag(help: "Replace an experiment that the directory has.")
  var overwrite = false

  @Flag(help: "Print only warnings, errors and the table.")
  var quiet = false

  func run() throws {
    try ScalingJob(options: self).run()
  }
}

extension ScalingMode: ExpressibleByArgument {
  /// Upper and lower case are the same.
  public init?(argument: String) {
    self.init(rawValue: argument.lowercased())
  }
}
