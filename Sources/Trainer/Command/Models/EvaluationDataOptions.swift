import ArgumentParser
import ImageData

/// The options for the data set on which a model is evaluated.
struct EvaluationDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "\(KnownDataset.choice), or a directory's name in $TRAINER_DATA (default: the data set that "
        + "the model was trained on).",
      valueName: "name"),
    completion: .list(KnownDataset.all.map(\.name)))
  var dataset: String?

  @Option(
    help: ArgumentHelp("A directory with the four IDX files.", valueName: "dir"),
    completion: .directory)
  var data: String?

  /// Whether a data set was requested.
  var isGiven: Bool { dataset != nil || data != nil }

  /// Finds the data set.
  func locate() throws -> DatasetLocation {
    try DataOptions.locate(dataset: dataset, data: data)
  }
}
