import Files
import Foundation
import Pages
import Parallel
import Training

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
