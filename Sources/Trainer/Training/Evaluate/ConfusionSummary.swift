/// The worst classes and the most frequent mistakes of a confusion matrix.
package struct ConfusionSummary: Sendable {
  /// The number of samples by actual class (row) and predicted class (column).
  package let matrix: [[Int]]
  /// For each class, the share of its samples predicted correctly; nil for a class without samples.
  package let classAccuracy: [Double?]
  /// All confusions, the most frequent first; equally frequent ones in ascending order of the
  /// classes.
  package let confusions: [Confusion]

  /// The maximum number of classes for a table; for more classes, lists are shown instead.
  static let tableLimit = 32
  /// The maximum number of rows of each list.
  static let listLimit = 20

  /// Finds and sorts all confusions.
  ///
  /// - Parameters:
  ///   - matrix: The number of samples by actual class (row) and predicted class (column).
  ///   - classAccuracy: For each class, the share of its samples predicted correctly; nil for a
  ///     class without samples.
  package init(matrix: [[Int]], classAccuracy: [Double?]) {
    self.matrix = matrix
    self.classAccuracy = classAccuracy
    confusions = matrix.enumerated().flatMap { label, row in
      row.enumerated().compactMap { prediction, count in
        prediction == label || count == 0
          ? nil : Confusion(label: label, prediction: prediction, count: count)
      }
    }.sorted { ($1.count, $0.label, $0.prediction) < ($0.count, $1.label, $1.prediction) }
  }

  /// Whether there are too many classes for a table.
  package var needsLists: Bool { matrix.count > Self.tableLimit }

  /// The samples of one class that were predicted as another one.
  package struct Confusion: Sendable, Equatable {
    /// The actual class.
    package let label: Int
    /// The predicted class.
    package let prediction: Int
    /// The number of samples.
    package let count: Int
  }

  /// The classes with the lowest accuracy, at most as many as a list has rows.
  package var worstClasses: ArraySlice<Int> {
    matrix.indices.filter { classAccuracy[$0] != nil }
      .sorted { (classAccuracy[$0] ?? 1, $0) < (classAccuracy[$1] ?? 1, $1) }
      .prefix(Self.listLimit)
  }

  /// The most frequent confusions, at most as many as a list has rows.
  package var frequentConfusions: ArraySlice<Confusion> { confusions.prefix(Self.listLimit) }

  /// The number of samples of a class.
  package func sampleCount(of label: Int) -> Int { matrix[label].reduce(0, +) }

  /// The most frequent confusion of a class; nil if all its samples were predicted correctly.
  package func mostFrequentMistake(of label: Int) -> Confusion? {
    confusions.first { $0.label == label }
  }

  /// A sentence that explains the lists.
  package var listNote: String {
    let classes = worstClasses.count
    let mistakes = frequentConfusions.count
    let classWords =
      classes == 1
      ? "the only class with samples" : "the \(classes) classes with the lowest accuracy"
    let mistakeWords =
      switch mistakes {
      case 0: "; all samples were predicted correctly"
      case 1: " and the only kind of mistake"
      default: " and the \(mistakes) most frequent mistakes"
      }
    return "The table would be too large for \(matrix.count) classes. Shown instead: "
      + "\(classWords)\(mistakeWords)."
  }
}
