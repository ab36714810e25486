import Files
import Foundation
import Model
import Pages
import Parallel
import Training

/// What a report says about a run: figures and words, without form.
package struct RunReport: Sendable, Equatable {
  /// A name and what it stands for.
  package typealias Entry = ReportEntry

  /// The run's name.
  package var title: String
  /// The data set in words.
  package var dataset: String
  /// The command as a shell takes it.
  package var command: String
  /// The effective settings.
  package var settings: [Entry]
  /// The data set's files, versions and the machine.
  package var environment: [Entry]
  /// The epochs' figures.
  package var epochs: [RecordedEpoch]
  /// What the model makes of the test set.
  package var outcome: TestOutcome
  /// How the run ended.
  package var end: RecordedEnd

  /// Puts a report's content together.
  ///
  /// - Parameters:
  ///   - title: The run's name.
  ///   - dataset: The data set in words.
  ///   - command: The command as a shell takes it.
  ///   - settings: The effective settings.
  ///   - environment: The data set's files, versions and the machine.
  ///   - epochs: The epochs' figures.
  ///   - outcome: What the model makes of the test set.
  ///   - end: How the run ended.
  package init(
    title: String, dataset: String, command: String, settings: [Entry], environment: [Entry],
    epochs: [RecordedEpoch], outcome: TestOutcome, end: RecordedEnd
  ) {
    self.title = title
    self.dataset = dataset
    self.command = command
    self.settings = settings
    self.environment = environment
    self.epochs = epochs
    self.outcome = outcome
    self.end = end
  }
}

extension RunReport {
  /// Makes a run's report from what its directory says and what its model does.
  ///
  /// - Parameters:
  ///   - directory: The run directory, with `config.json` and `metrics.jsonl`.
  ///   - outcome: What the run's model makes of the test set.
  /// - Returns: The report's content.
  /// - Throws: ``TrainerError`` that names the file and what is wrong with it.
  package static func make(
    directory: String, outcome: TestOutcome
  ) throws -> RunReport {
    let record = try RunRecord.read(path: directory + "/" + RunRecord.fileName)
    let metrics = try RecordedMetrics.read(directory: directory)
    guard let metrics, let end = metrics.end else {
      throw TrainerError(
        .badData,
        "\(directory)/\(RecordedMetrics.fileName): found no last line, expected that of a run that "
          + "has ended")
    }
    let dataset = record.dataset
    return RunReport(
      title: PathNames.name(of: directory),
      dataset: dataset.summary,
      command: FigureText.command(record.command),
      settings: record.settings.sorted { $0.key < $1.key }.map {
        Entry($0.key, $0.value.description)
      },
      environment: environment(record), epochs: metrics.epochs, outcome: outcome, end: end)
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
