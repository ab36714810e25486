/// What is odd about a data set, though it can be trained on.
extension Dataset {
  private static let listLimit = 10

  /// Sentences for the user; none for most data sets.
  ///
  /// Classes without training samples are told, as labels that count from 1 have, and that there is one
  /// class only. So is a published data set under another's name.
  package var warnings: [String] { nameWarnings + classWarnings }

  /// Labels are few: their digest costs no time.
  private var nameWarnings: [String] {
    guard KnownDataset.named(name) != nil else { return [] }
    let digest = digest(of: .trainingLabels)
    guard
      let other = KnownDataset.all.first(where: {
        $0.name != name && $0.digests[.trainingLabels] == digest
      })
    else { return [] }
    return [
      "\(name) in \(directory): found the training labels of \(other.title), by their SHA-256; "
        + "--dataset \(other.name) is the right name"
    ]
  }

  private var classWarnings: [String] {
    let histogram = training.histogram(classCount: classCount)
    let present = histogram.indices.filter { histogram[$0] > 0 }
    let place = "\(name) in \(directory)"
    if present.count == 1 {
      return [
        "\(place): every training sample has class \(present[0]): with one class there is nothing "
          + "to tell apart"
      ]
    }
    let missing = histogram.indices.filter { histogram[$0] == 0 }
    if missing.isEmpty { return [] }
    let listed = missing.prefix(Self.listLimit).map(String.init).joined(separator: ", ")
    let rest = missing.count - Self.listLimit
    let hint =
      missing == [0] ? "; do the labels count from 1? Then the network has a class too many" : ""
    return [
      "\(place): no training sample of class\(missing.count == 1 ? "" : "es") \(listed)"
        + (rest > 0 ? " and \(rest) more" : "") + hint
    ]
  }
}
