import ArgumentParser
import Foundation
import Trainer

/// Where a run leaves everything, and how it goes on.
struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep settings, figures, checkpoints, the model and a report in a directory.",
      valueName: "dir"))
  var output: String?

  @Flag(help: "Go on with the run in --output; what is not given again is as it was.")
  var resume = false

  @Flag(help: "Remove the run in --output and start anew.")
  var overwrite = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A checkpoint after so many steps (500) or so much time (30s, 10m, 2h), beside each epoch's "
        + "end.",
      valueName: "interval"))
  var checkpointEvery = CheckpointInterval.steps(500)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many checkpoints are kept, at least 1.", valueName: "n"))
  var keep = 3

  /// What is wanted of the directory.
  var mode: RunDirectory.Mode { resume ? .resume : overwrite ? .overwrite : .new }

  /// Finds mistakes, and whether the directory can be used; changes nothing.
  ///
  /// - Throws: `TrainerError`.
  func check() throws {
    guard let output else {
      for (given, option) in [(resume, "--resume"), (overwrite, "--overwrite")] where given {
        throw TrainerError(.usage, "\(option) has no meaning without --output")
      }
      return
    }
    guard !output.isEmpty else {
      throw TrainerError(.usage, "--output is empty; it has to be a directory's name")
    }
    guard !(resume && overwrite) else {
      throw TrainerError(.usage, "--resume and --overwrite are both given; one has to go")
    }
    guard keep >= 1 else {
      throw TrainerError(.usage, "--keep is \(keep); it has to be at least 1")
    }
    try RunDirectory.check(path: output, mode: mode)
  }

  /// Whether there is a checkpoint to go on from.
  var hasCheckpoint: Bool {
    get throws {
      guard resume, let output else { return false }
      let folder = CheckpointFolder(
        path: RunDirectory.Paths(directory: output).checkpoints, keep: keep)
      return try folder.holdsCheckpoints
    }
  }

  /// The settings that a run that goes on has again.
  var settings: [Setting] {
    [
      Setting("checkpoint-every", .text(checkpointEvery.description), .length),
      Setting("keep", .integer(keep), .length),
    ]
  }
}

extension CheckpointInterval: ExpressibleByArgument {
  /// Reads `500`, `30s`, `10m` or `2h`.
  public init?(argument: String) {
    self.init(argument)
  }
}
