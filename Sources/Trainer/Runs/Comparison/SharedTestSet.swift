import Files
import ImageData
import Training

/// Checks that models have one test set.
package enum SharedTestSet {
  /// Refuses models that were trained beside different test sets.
  ///
  /// Models that do not record their data are taken to fit.
  ///
  /// - Parameter models: The models, with the paths that were given for them.
  /// - Throws: ``TrainerError`` that names the first two that differ, with their data sets.
  package static func require(of models: [(path: String, model: SavedModel)]) throws {
    let known = models.compactMap { path, model in model.data.map { (path: path, data: $0) } }
    guard let first = known.first else { return }
    for other in known.dropFirst() where digests(other.data) != digests(first.data) {
      throw TrainerError(
        .usage,
        "\(first.path) and \(other.path) have different test sets, of the data sets "
          + "\(first.data.name) and \(other.data.name); to compare them on one, give it with "
          + "\(setting: "data") or \(setting: "dataset")")
    }
  }

  private static func digests(_ data: ModelData) -> [String?] {
    [DatasetFile.testImages, .testLabels].map { data.sha256[$0.plainName] }
  }
}
