import ArgumentParser

/// `trainer train`, and `trainer` alone.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a network on a data set (the default).",
    usage: "trainer [train] [--threads <n>] [<options>]")

  @OptionGroup var options: TrainOptions

  func run() throws {
    try TrainingJob(options: LayeredOptions.resolve(options)).run()
  }
}
