import ArgumentParser
import Configuration
import Files
import Model
import Parallel
import Runs
import Training

/// The command `trainer config`, which prints the settings of a training command as a configuration
/// file.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Print the effective options of a training command as YAML, for --config.",
    usage: usage)

  private static let usage = "trainer config [<options of train>]"

  @Argument(parsing: .captureForPassthrough, help: "The options that `trainer train --help` lists.")
  var options: [String] = []

  func run() throws {
    if !options.filter(["-h", "--help"].contains).isEmpty { throw CleanExit.helpRequest(self) }
    if options.contains("--version") {
      throw CleanExit.message(TrainerCommand.configuration.version)
    }
    try Console.result(
      try LayeredOptions.resolve(try trainOptions(), arguments: options, Self.lines))
  }

  /// Parses the options of training; errors refer to the help of this command.
  private func trainOptions() throws -> TrainCommand {
    do {
      return try TrainCommand.parse(options)
    } catch {
      guard TrainCommand.exitCode(for: error) == .validationFailure else { throw error }
      let message = try CommandPath(["train"], root: TrainerCommand.self)
        .explained(TrainCommand.message(for: error))
      throw TrainerError(
        .usage,
        "\(message)\nUsage: \(Self.usage)\n  See 'trainer config --help' for more information.")
    }
  }

  private static func lines(_ layers: LayeredOptions) throws -> [String] {
    let options = layers.options
    let configuration = try options.configuration(cores: UsableCPUs.current().count)
    try options.files.requireApart(output: options.output.output, config: options.config)
    if let output = options.output.output, options.output.mode == .overwrite {
      try options.files.requireInitialWeightsApart(from: output)
    }
    // Without a batch size a run takes the default or, if they are fewer, all samples.
    var settings = configuration.settings.filter {
      $0.name != "batch-size" || options.batches.batchSize != nil
    }
    settings.append(Setting("threads", .integer(configuration.threads)))
    settings.append(Setting("pin", .text(options.pinning.pin.rawValue)))
    settings.append(Setting("isa", .text(options.kernels.isa.rawValue)))
    settings += options.givenSettings + options.output.settings + options.shownSettings
    return settings.map { "\($0.name): \(YAMLText.value($0.value.description))" }
  }
}
