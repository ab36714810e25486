import Files

/// Properties of a data set that are unusual, though it can be trained on.
extension Dataset {
  /// Warnings as sentences; empty for most data sets.
  ///
  /// They report classes without training samples (as with labels that count from 1), a single
  /// class, and a published data set under a wrong name.
  package var warnings: [Message] { nameWarnings + classWarnings }

  /// There are few labels, so their digest takes almost no time.
  private var nameWarnings: [Message] {
    guard KnownDataset.matching(name) != nil else { return [] }
    let digest = digest(of: .trainingLabels)
    guard
      let other = KnownDataset.all.first(where: {
        $0.name != name && $0.digests[.trainingLabels] == digest
      })
    else { return [] }
    return [
      "\(name) in \(directory): found the training labels of \(other.title), by their SHA-256; "
        + "\(setting: "dataset") \(other.name) is the right name"
    ]
  }

  private var classWarnings: [Message] {
    let histogram = training.histogram(classCount: classCount)
    let present = histogram.indices.filter { histogram[$0] > 0 }
    let place = "\(name) in \(directory)"
    if present.count == 1 {
      return [
        "\(place): every training sample has class \(present[0]), so there is nothing "
          + "to distinguish"
      ]
    }
    let missing = histogram.indices.filter { histogram[$0] == 0 }
    if missing.isEmpty { return [] }
    let hint =
      missing == [0] ? "; if the labels count from 1, the network has one class too many" : ""
    return [
      "\(place): no training sample of class\(missing.count == 1 ? "" : "es") "
        + "\(listed(missing.map(String.init)))\(hint)"
    ]
  }
}
