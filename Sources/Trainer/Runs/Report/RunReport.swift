import Pages
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
