import Files
import Model
import Pages
import Parallel
import Training

/// The content of a run's report, without its layout.
package struct RunReport: Sendable, Equatable {
  /// A name and its value.
  package typealias Entry = ReportEntry

  /// The run's name.
  package var title: String
  /// A description of the data set in one line.
  package var dataset: String
  /// The command, quoted for a shell.
  package var command: String
  /// The effective settings.
  package var settings: [Entry]
  /// The versions, the machine and the files of the data set.
  package var environment: [Entry]
  /// The metrics of the epochs.
  package var epochs: [RecordedEpoch]
  /// The classes' names, class 0 first; nil if they are not known.
  package var classNames: [String]?
  /// The state of the run, and what is known only then.
  package var status: RunStatus

  /// Creates a report from its parts.
  ///
  /// - Parameters:
  ///   - title: The run's name.
  ///   - dataset: A description of the data set in one line.
  ///   - command: The command, quoted for a shell.
  ///   - settings: The effective settings.
  ///   - environment: The versions, the machine and the files of the data set.
  ///   - epochs: The metrics of the epochs.
  ///   - classNames: The classes' names, class 0 first; nil if they are not known.
  ///   - status: The state of the run.
  package init(
    title: String, dataset: String, command: String, settings: [Entry], environment: [Entry],
    epochs: [RecordedEpoch], classNames: [String]? = nil, status: RunStatus
  ) {
    self.title = title
    self.dataset = dataset
    self.command = command
    self.settings = settings
    self.environment = environment
    self.epochs = epochs
    self.classNames = classNames
    self.status = status
  }
}

extension RunReport {
  /// Creates the report of a run with a record.
  ///
  /// - Parameters:
  ///   - record: The content of its `config.json`.
  ///   - directory: The run directory, which names the run.
  ///   - epochs: The metrics of the epochs.
  ///   - classNames: The classes' names, class 0 first; nil if they are not known.
  ///   - status: The state of the run.
  package init(
    _ record: RunRecord, directory: String, epochs: [RecordedEpoch],
    classNames: [String]? = nil, status: RunStatus
  ) {
    self.init(
      title: PathNames.name(of: directory), dataset: record.dataset.summary,
      command: ShellText.command(record.command),
      settings: record.settings.sorted { $0.key < $1.key }.map {
        Entry($0.key, $0.value.description)
      },
      environment: Self.environment(record), epochs: epochs, classNames: classNames,
      status: status)
  }

  /// Creates the report of a complete run.
  ///
  /// - Parameters:
  ///   - directory: The run directory, with `config.json` and `metrics.jsonl`. The first layer's
  ///     weights are shown if there is a `model.safetensors` too.
  ///   - outcome: The model's predictions on the test set.
  ///   - classNames: The classes' names, class 0 first; nil if they are not known.
  /// - Returns: The report's content.
  /// - Throws: ``TrainerError`` or `WeightsError` if a file is missing or damaged, or the run has
  ///   not ended; ``FileError`` if a file cannot be read.
  package static func make(
    directory: String, outcome: TestOutcome, classNames: [String]? = nil
  ) throws -> RunReport {
    let record = try RunRecord.read(path: RunPaths(directory: directory).config)
    let metrics = try RecordedMetrics.read(directory: directory)
    guard let metrics, let end = metrics.end else {
      throw TrainerError(
        .badData,
        "\(RunPaths(directory: directory).metrics): found no last line, expected that of a run that "
          + "has ended")
    }
    return RunReport(
      record, directory: directory, epochs: metrics.epochs, classNames: classNames,
      status: .ended(
        EndedRun(
          end: end, outcome: outcome, kernels: try kernels(record, directory: directory))))
  }

  /// The first layer's weights; nil if it is no convolution, or the model's file is missing.
  private static func kernels(
    _ record: RunRecord, directory: String
  ) throws -> ConvolutionKernels? {
    // The model's file may be large: it is read only if the network has a convolution.
    guard case .text(let model)? = record.settings["model"],
      try ModelDescription(model).kinds.contains(where: { $0 is ConvKind })
    else { return nil }
    do {
      let path = RunPaths(directory: directory).model
      return try ModelFile(SafetensorsFile.read(path: path)).firstKernels()
    } catch let error as FileError where error.isMissing {
      return nil
    }
  }

  private static func environment(_ record: RunRecord) -> [Entry] {
    var entries = [
      Entry("trainer", record.version),
      Entry("started", record.created),
      Entry("threads", "\(record.threads)"),
      Entry("pin", (record.pin ?? WorkerPlacement.none).rawValue),
    ]
    entries += record.machine.entries + record.dataset.entries
    return entries
  }
}
