/// What stands out in a confusion matrix.
package struct ConfusionSummary: Sendable {
  /// How often a class (row) was predicted as a class (column).
  package let matrix: [[Int]]
  /// For each class the share of its samples predicted right; nil for a class without samples.
  package let classAccuracy: [Double?]
  /// All confusions, the most frequent first; of equals the lower classes.
  package let confusions: [Confusion]

  /// A larger table than this many classes is one that nobody reads.
  static let tableLimit = 32
  /// Rows of the lists that stand in its place.
  static let listLimit = 20

  /// Looks for what stands out.
  ///
  /// - Parameters:
  ///   - matrix: How often a class (row) was predicted as a class (column).
  ///   - classAccuracy: For each class the share of its samples predicted right.
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

  /// Whether lists stand in the place of the table.
  package var needsLists: Bool { matrix.count > Self.tableLimit }

  /// Samples of a class that were predicted as another.
  package struct Confusion: Sendable, Equatable {
    package let label: Int
    package let prediction: Int
    package let count: Int
  }

  /// The classes with the least accuracy, as many as a list has.
  package var worstClasses: ArraySlice<Int> {
    matrix.indices.filter { classAccuracy[$0] != nil }
      .sorted { (classAccuracy[$0] ?? 1, $0) < (classAccuracy[$1] ?? 1, $1) }
      .prefix(Self.listLimit)
  }

  /// The most frequent confusions, as many as a list has.
  package var frequentConfusions: ArraySlice<Confusion> { confusions.prefix(Self.listLimit) }

  /// The samples of a class.
  package func sampleCount(of label: Int) -> Int { matrix[label].reduce(0, +) }

  /// What a class was most often taken for; nil if it never was.
  package func mostFrequentMistake(of label: Int) -> Confusion? {
    confusions.first { $0.label == label }
  }

  /// What the lists show and why they stand here, in words.
  package var listNote: String {
    let classes = worstClasses.count
    let mistakes = frequentConfusions.count
    let classWords =
      classes == 1 ? "the one class with samples" : "the \(classes) classes with the least accuracy"
    let mistakeWords =
      switch mistakes {
      case 0: "; no sample was predicted wrong"
      case 1: " and the only kind of mistake"
      default: " and the \(mistakes) most frequent mistakes"
      }
    return "\(matrix.count) classes make too large a table: here "
      + "\(classes == 1 && mistakes < 2 ? "is" : "are") \(classWords)\(mistakeWords)."
  }
}
