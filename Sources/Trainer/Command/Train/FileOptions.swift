import ArgumentParser
import Foundation
import Model
import Trainer

/// The files that a run reads weights from and writes to.
struct FileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Start from the weights in a safetensors file.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var `init`: String?

  @Option(
    help: ArgumentHelp("Save the weights before training.", valueName: "file"),
    completion: .file())
  var saveInit: String?

  @Option(
    help: ArgumentHelp("Save the weights at the end.", valueName: "file"), completion: .file())
  var save: String?

  @Option(
    help: ArgumentHelp(
      "Write metrics as JSON lines; an existing file is overwritten.", valueName: "file"),
    completion: .file())
  var metrics: String?

  @Option(
    help: ArgumentHelp(
      "Write a timeline of every worker, as a Chrome trace for Perfetto.", valueName: "file"),
    completion: .file())
  var profile: String?

  @Option(
    help: ArgumentHelp(
      "Write metrics for TensorBoard into a directory; --histogram-every adds histograms.",
      valueName: "dir"),
    completion: .directory)
  var tensorboard: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps between histograms of weights and gradients for TensorBoard (default: none).",
      valueName: "k"))
  var histogramEvery: Int?

  /// Where the initial weights are, from the root on.
  var initialPath: String? { `init`.map { URL(fileURLWithPath: $0).standardized.path } }

  /// Finds out before any work whether the outputs could be written; changes none of them.
  ///
  /// - Parameter output: The run directory, if there is one.
  /// - Throws: `TrainerError` or `WeightsError`.
  func check(output: String?) throws {
    let given = [
      ("--init", `init`), ("--save-init", saveInit), ("--save", save), ("--metrics", metrics),
      ("--profile", profile), ("--tensorboard", tensorboard),
    ].compactMap { option, path in path.map { (option: option, path: $0) } }
    for (option, path) in given where path.isEmpty {
      throw TrainerError(.usage, "\(option) is empty; it has to be a file's name")
    }
    // Training on may replace the weights it started from; any other pair would destroy one file.
    for (index, one) in given.enumerated() {
      for other in given[..<index]
      where (other.option, one.option) != ("--init", "--save")
        && Self.resolved(other.path) == Self.resolved(one.path)
      {
        throw TrainerError(
          .usage, "\(other.option) and \(one.option) are the same file, \(one.path)")
      }
    }
    if let output {
      let taken = Set(RunDirectory.Paths(directory: output).outputs.map(Self.resolved))
      for (option, path) in given where option != "--init" && taken.contains(Self.resolved(path)) {
        throw TrainerError(.usage, "\(option) is \(path), which --output \(output) writes itself")
      }
    }
    for path in [saveInit, save, profile].compactMap({ $0 }) {
      try SafetensorsFile.checkWritable(path: path)
    }
    if let metrics { try MetricsFile.checkWritable(path: metrics) }
    if let tensorboard { try EventFile.checkWritable(directory: tensorboard) }
    if let histogramEvery {
      guard histogramEvery >= 1 else {
        throw TrainerError(
          .usage, "--histogram-every is \(histogramEvery); it has to be at least 1")
      }
      guard tensorboard != nil else {
        throw TrainerError(.usage, "--histogram-every has no meaning without --tensorboard")
      }
    }
  }

  private static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }
}
