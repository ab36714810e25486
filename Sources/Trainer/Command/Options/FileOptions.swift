import ArgumentParser
import Files
import Glibc
import ImageData
import Machine
import Model
import Runs
import TensorBoard
import Training

/// The files that a run reads weights from and writes to.
struct FileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Start from the weights in a safetensors file, or from the model in a run directory.",
      valueName: "path"),
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
      "Keep the current metrics in a file for Prometheus, in the form of the node exporter's "
        + "textfile collector.", valueName: "file"),
    completion: .file(extensions: ["prom"]))
  var prometheus: String?

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

  @Option(
    help: ArgumentHelp(
      "Print the value of a metric as JSON at the end, for programs that search for settings "
        + "(default: none).",
      valueName: "name"))
  var objective: Objective?

  @Option(
    help: ArgumentHelp(
      "With --objective: write its value after each epoch as JSON lines; an existing file is "
        + "overwritten.",
      valueName: "file"),
    completion: .file())
  var objectiveFile: String?

  /// The absolute path of the initial weights.
  var initialPath: String? { `init`.map { PathNames.absolute($0) } }

  /// The meaning of the value of an option of the group.
  private enum Use {
    /// A file that is read, or no file.
    case input, word
    /// A file that is replaced as a whole, one that grows by lines, or a directory.
    case replaced, appended, directory

    var isFile: Bool { self == .replaced || self == .appended }
    var isOutput: Bool { isFile || self == .directory }
  }

  /// The options of the group with their values: a new one is a line here.
  private var all: [(name: String, value: String?, use: Use)] {
    [
      ("init", `init`, .input), ("save-init", saveInit, .replaced), ("save", save, .replaced),
      ("metrics", metrics, .appended), ("prometheus", prometheus, .replaced),
      ("profile", profile, .replaced), ("tensorboard", tensorboard, .directory),
      ("histogram-every", histogramEvery.map(String.init), .word),
      ("objective", objective?.rawValue, .word), ("objective-file", objectiveFile, .appended),
    ]
  }

  /// The options that are given.
  var settings: [Setting] {
    all.compactMap { option in option.value.map { Setting(option.name, .text($0)) } }
  }

  /// The same with paths from the root on, for a record that is read elsewhere.
  var recordedSettings: [Setting] {
    all.compactMap { option in
      option.value.map {
        Setting(option.name, .text(option.use == .word ? $0 : PathNames.absolute($0)))
      }
    }
  }

  /// The files that are written.
  var outputs: [OutputPath] {
    all.compactMap { option in
      option.use.isOutput
        ? option.value.map { OutputPath(option: "--\(option.name)", path: $0) } : nil
    }
  }

  /// The observers that write the files, in the order in which they are notified: a new output
  /// is a line here.
  ///
  /// - Parameters:
  ///   - machine: The machine that the run is on.
  ///   - end: The final record of the run, which is one of the observers.
  ///   - stopReason: Returns the name of the signal that stopped the run; nil for a run that no
  ///     signal stops.
  /// - Returns: The observers; `end` only if no file is written.
  /// - Throws: The error of a file that cannot be opened.
  func observers(
    machine: Machine, end: FinalRecord, stopReason: (@Sendable () -> String)?
  ) throws -> [any TrainingObserver] {
    let observers: [(any TrainingObserver)?] = [
      save.map { FinalModelFile(path: $0) },
      profile.map { TraceFile(path: $0) },
      end,
      try tensorboard.map { try TensorBoardRecorder(directory: $0, interval: histogramEvery) },
      prometheus.map { PrometheusFile(path: $0) },
      // The start ends at the first failure, so what replaces weights or lines comes last.
      saveInit.map { InitialModelFile(path: $0) },
      try metrics.map {
        try MetricsFile(
          path: $0, machine: machine, initialWeights: initialPath, end: end,
          stopReason: stopReason)
      },
      try objective.flatMap { objective in
        try objectiveFile.map { try EpochLineFile.objective(objective, path: $0) }
      },
    ]
    return observers.compactMap(\.self).map { file in
      RetriedOutput(file, warn: { Console.warning($0) })
    }
  }

  /// Refuses initial weights that belong to a run that is to be replaced: they would be removed
  /// before a checkpoint has others.
  ///
  /// - Parameter output: The run directory.
  /// - Throws: `TrainerError`.
  func requireInitialWeightsApart(from output: String) throws {
    guard let initialPath, let given = `init` else { return }
    let paths = RunPaths(directory: output)
    let target = PathNames.target(of: initialPath)
    let own = (paths.reserved + [output]).map(PathNames.target)
    guard !own.contains(target), !PathNames.isWithin(initialPath, paths.checkpoints) else {
      throw TrainerError(
        .usage,
        "--init is \(given), which belongs to the run in \(output) that --overwrite removes; copy "
          + "the model to another place first")
    }
  }

  /// Finds mistakes that no file decides, such as what would silently do nothing without another
  /// option.
  ///
  /// - Throws: `TrainerError`.
  func requireMeaning() throws {
    if objectiveFile != nil, objective == nil {
      throw TrainerError(.usage, "--objective-file has no meaning without --objective")
    }
    guard let histogramEvery else { return }
    guard histogramEvery >= 1 else {
      throw TrainerError(.usage, "--histogram-every is \(histogramEvery); it must be at least 1")
    }
    guard tensorboard != nil else {
      throw TrainerError(.usage, "--histogram-every has no meaning without --tensorboard")
    }
  }

  /// Refuses a file that two options name, one that belongs to the run directory, and one in whose
  /// place a directory is made.
  ///
  /// - Parameters:
  ///   - output: The run directory, if there is one.
  ///   - config: The configuration file, if there is one.
  /// - Throws: `TrainerError` that names both options.
  func requireApart(output: String?, config: String?) throws {
    let inputs = [("--init", `init`), ("--config", config)].compactMap { option, path in
      path.map { OutputPath(option: option, path: $0) }
    }
    let given = inputs + outputs
    // Further training may replace the weights it started from; any other pair would destroy one
    // file.
    for (index, one) in given.enumerated() {
      for other in given[..<index] where (other.option, one.option) != ("--init", "--save") {
        try one.requireApart(from: other)
      }
    }
    if let output {
      let reserved = RunPaths(directory: output).reserved
      for file in outputs where reserved.contains(where: { PathNames.isWithin(file.path, $0) }) {
        throw TrainerError(
          .usage, "\(file.option) is \(file.path), which --output \(output) writes itself")
      }
    }
    for case (let name, let path?, let use) in all where use.isFile {
      for case (let option, let folder?) in [("--output", output), ("--tensorboard", tensorboard)]
      where PathNames.isWithin(folder, path) {
        throw TrainerError(
          .usage, "--\(name) is \(path), which \(option) \(folder) makes a directory")
      }
    }
  }

  /// Finds out before any work whether the outputs could be written; changes none of them.
  ///
  /// - Parameters:
  ///   - output: The run directory, if there is one.
  ///   - config: The configuration file, if there is one.
  /// - Throws: `TrainerError` or `FileError`.
  func check(output: String?, config: String?) throws {
    try requireApart(output: output, config: config)
    let directory = output.map { OutputPath(option: "--output", path: $0) }
    for path in outputs { try path.requireNoRecord() }
    try directory?.check()
    for option in all {
      guard let path = option.value else { continue }
      switch option.use {
      case .input, .word: break
      case .replaced: try AtomicFile.checkReplaceable(path: path)
      case .appended:
        try Self.requireApartFromResults(option.name, path)
        try LineFile.checkWritable(path: path)
      case .directory: try EventFile.checkWritable(directory: path)
      }
    }
  }

  /// Refuses a file that standard output is too, unless that is appended to: each would write over
  /// the other's lines.
  private static func requireApartFromResults(_ option: String, _ path: String) throws {
    let isSame: Bool
    do throws(SystemError) {
      let system = FileSystems.current
      let (file, results) = (try system.existing(path), try system.status(STDOUT_FILENO))
      isSame = results.kind == .regular && file?.identity == results.identity
    } catch {
      // Closed standard output is no file, and the path is checked next.
      return
    }
    guard isSame, fcntl(STDOUT_FILENO, F_GETFL) & O_APPEND == 0 else { return }
    throw TrainerError(
      .usage,
      "--\(option) is \(path), the file of standard output, which would write over its lines; choose "
        + "another file, or append standard output to it (>>)")
  }
}

extension Objective: NamedChoice {}
