/// What is odd about a data set, though it can be trained on.
extension Dataset {
  private static let listLimit = 10

  /// Sentences for the user; none for most data sets.
  ///
  /// Classes without training samples are told, as labels that count from 1 have, and that there is one
  /// class only.
  package var warnings: [String] {
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
