import ArgumentParser
import Foundation
import Model
import Scaling
import Training

/// `trainer scale`.
struct ScaleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale",
    abstract: "Measure how training scales with threads, and say what can be believed.",
    usage: """
      trainer scale [--threads <list>] [<options>]
      trainer scale --compare <a> <b> [--json]
      trainer scale --from <dir> --simulate <cores> [<options of prediction>]
      """,
    discussion: """
      Every configuration is measured in every round, each round in an order of its own, and each \
      measurement in a process of its own.

      How much faster are more threads?
        trainer scale --threads 1,2,4,8 --output scaling
      The same before and after a change, or with --pin compact:
        trainer scale --compare before after
      What would machines with 16 and 64 cores do?
        trainer scale --from scaling --simulate 16,64

      What the figures mean, and what can be believed of them, is in docs/scaling.md.
      """)

  @OptionGroup(title: "Experiment") var experiment: ExperimentOptions
  @OptionGroup(title: "Length of a measurement") var length: LengthOptions
  @OptionGroup(title: "Execution") var pinning: PinOption
  @OptionGroup(title: "Execution") var blas: BLASCoreOption
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Optimizer") var optimizer: OptimizerOptions
  @OptionGroup(title: "Prediction") var simulation: SimulationOptions

  @Option(
    help: ArgumentHelp(
      "Take the measurements of an earlier experiment instead of new ones, for predictions.",
      valueName: "dir"),
    completion: .directory)
  var from: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Compare two experiments instead.", valueName: "a> <b"),
    completion: .directory)
  var compare: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write scaling.json, scaling.csv and scaling.html into a directory.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(help: "Replace an experiment that the directory has.")
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

  /// Prints an experiment's result, and keeps it where that was asked for.
  ///
  /// - Parameter result: The experiment.
  /// - Throws: `WeightsError` or `TrainerError` where it cannot be written.
  func show(_ result: ScalingResult) throws {
    if let output { try ScalingDirectory.write(result, path: output) }
    try Console.result(
      json
        ? try encoded(result)
        : ScalingTable(result, usesBlocks: Console.showsBlocks).lines.joined(separator: "\n"))
    if let output, !quiet {
      Console.note("figures and page: \(output)/\(ScalingDirectory.pageName)")
    }
  }

  /// Refuses options that the chosen kind of work would ignore.
  ///
  /// - Parameters:
  ///   - allowed: The long names of those that mean something.
  ///   - kind: The option that chose the work.
  ///   - arguments: The command line.
  /// - Throws: `TrainerError` that names the first other one.
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
