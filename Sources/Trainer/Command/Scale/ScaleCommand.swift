import ArgumentParser
import Files
import Model
import Scaling
import Training

/// The command `trainer scale`.
struct ScaleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale",
    abstract: "Measure how training scales with the number of threads.",
    usage: """
      trainer scale [--threads <list>] [<options>]
      trainer scale --compare <a> <b> [--json]
      trainer scale --from <dir> --simulate <cores> [<prediction options>]
      """,
    discussion: """
      Each round measures every configuration once, in a random order. Each measurement runs in a \
      new process.

      Measure the speedup of more threads:
        trainer scale --threads 1,2,4,8 --output scaling
      Compare two experiments, for example before and after a change:
        trainer scale --compare before after
      Predict the speed of machines with 16 and 64 cores:
        trainer scale --from scaling --simulate 16,64

      docs/scaling.md explains the results.
      """)

  @OptionGroup(title: "Experiment") var experiment: ExperimentOptions
  @OptionGroup(title: "Length of a measurement") var length: LengthOptions
  @OptionGroup(title: GroupTitle.execution) var pinning: PinOption
  @OptionGroup(title: GroupTitle.execution) var kernels: KernelOptions
  @OptionGroup(title: GroupTitle.data) var data: DataOptions
  @OptionGroup(title: GroupTitle.network) var model: ModelOptions
  @OptionGroup(title: GroupTitle.network) var network: NetworkOptions
  @OptionGroup(title: GroupTitle.optimizer) var optimizer: OptimizerOptions
  @OptionGroup(title: "Prediction") var simulation: SimulationOptions

  @Option(
    help: ArgumentHelp(
      "Predict from the measurements of an earlier experiment.",
      valueName: "dir"),
    completion: .directory)
  var from: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Compare two experiments.", valueName: "a> <b"),
    completion: .directory)
  var compare: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write scaling.json, scaling.csv and scaling.html into a directory.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(help: "Replace scaling.json, scaling.csv and scaling.html in the directory.")
  var overwrite = false

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Print only warnings, errors and the result.")
  var quiet = false

  func run() throws {
    if !compare.isEmpty {
      try ScalingComparisonJob(options: self).run()
      return
    }
    if overwrite && output == nil {
      throw TrainerError(.usage, "--overwrite has no meaning without --output")
    }
    if from != nil {
      try ScalingPredictionJob(options: self).run()
    } else {
      try ScalingJob(options: self).run()
    }
  }

  /// Prints the result of an experiment, and writes its files if --output is given.
  ///
  /// - Parameter result: The result.
  /// - Throws: `FileError` or `TrainerError` if it cannot be written.
  func show(_ result: ScalingResult) throws {
    if let output { try ScalingDirectory.write(result, path: output) }
    try Console.result(
      json
        ? try encoded(result)
        : ScalingTable(result, usesBlocks: Console.showsBlocks).lines)
    if let output, !quiet {
      Console.note("results: \(PathText.joined(output, ScalingDirectory.pageName))")
    }
  }

  /// Throws an error for options that would be ignored.
  ///
  /// - Parameters:
  ///   - allowed: The long names of the options that have an effect.
  ///   - kind: The option that excludes the others.
  ///   - arguments: The command line.
  /// - Throws: `TrainerError` with the name of the first option that would be ignored.
  static func refuseOptions(
    but allowed: Set<String>, with kind: String, in arguments: [String] = CommandLine.arguments
  ) throws {
    for argument in arguments.dropFirst() where argument.hasPrefix("--") {
      let name = String(argument.dropFirst(2).prefix { $0 != "=" })
      guard name == kind || allowed.contains(name) else {
        throw TrainerError(.usage, "--\(name) has no meaning with --\(kind)")
      }
    }
  }
}
