import ArgumentParser
import Files
import Model
import Runs
import Training

/// The directory for everything that a run writes, and how it is resumed.
struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep settings, metrics, checkpoints, the model and a report in a directory.",
      valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(
    help: ArgumentHelp(
      "Resume the run in --output. It keeps its options of training, data, --init and checkpoints; "
        + "--threads, --pin and the options of files that are written, such as --metrics, have to "
        + "be given again."))
  var resume = false

  @Flag(help: "Remove the run in --output and start a new one.")
  var overwrite = false

  @Option(
    name: .customLong("checkpoint-every"), parsing: .unconditional,
    help: ArgumentHelp(
      "Write a checkpoint every so many steps (500) or so often (30s, 10m, 2h), besides one at "
        + "each epoch's end (default: \(Self.defaultInterval)).",
      valueName: "interval"))
  var givenInterval: CheckpointInterval?

  @Option(
    name: .customLong("keep"), parsing: .unconditional,
    help: ArgumentHelp(
      "Checkpoints to keep, at least 1 (default: \(Self.defaultKeep)).", valueName: "n"))
  var givenKeep: Int?

  private static let defaultInterval = CheckpointInterval.steps(500)
  private static let defaultKeep = 3

  /// When checkpoints are written besides those at an epoch's end.
  var checkpointEvery: CheckpointInterval { givenInterval ?? Self.defaultInterval }

  /// Checkpoints that are kept.
  var keep: Int { givenKeep ?? Self.defaultKeep }

  /// The mode in which the directory is opened.
  var mode: RunDirectory.Mode { resume ? .resume : overwrite ? .overwrite : .new }

  /// Finds mistakes that no file decides, such as what would silently do nothing without a
  /// directory.
  ///
  /// - Throws: `TrainerError`.
  func requireMeaning() throws {
    guard output == nil else { return try requireValues() }
    for (isGiven, option) in [
      (resume, "--resume"), (overwrite, "--overwrite"),
      (givenInterval != nil, "--checkpoint-every"), (givenKeep != nil, "--keep"),
    ] where isGiven {
      throw TrainerError(.usage, "\(option) has no meaning without --output")
    }
  }

  private func requireValues() throws {
    guard !(resume && overwrite) else {
      throw TrainerError(.usage, "give only one of --resume and --overwrite")
    }
    guard keep >= 1 else {
      throw TrainerError(.usage, "--keep is \(keep); it must be at least 1")
    }
  }

  /// Finds out whether the directory can be used; changes nothing.
  ///
  /// - Throws: `TrainerError`.
  func check() throws {
    guard let output else { return }
    try RunDirectory.check(path: output, mode: mode)
  }

  /// Whether there is a checkpoint to resume from.
  var hasCheckpoint: Bool {
    get throws {
      guard resume, let output else { return false }
      let folder = CheckpointFolder(
        path: RunPaths(directory: output).checkpoints, keep: keep)
      return try folder.holdsCheckpoints
    }
  }

  /// The settings that a resumed run inherits; none without a directory.
  var settings: [Setting] {
    if output == nil { return [] }
    return [
      Setting("checkpoint-every", .text(checkpointEvery.description), .length),
      Setting("keep", .integer(keep), .length),
    ]
  }
}

extension CheckpointInterval: ExpressibleByArgument {
  /// Reads `500`, `30s`, `10m` or `2h`.
  package init?(argument: String) {
    self.init(argument)
  }
}
