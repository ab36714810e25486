/// What a run's best epoch is judged by.
enum BestEpochBasis: CaseIterable, Sendable {
  /// The test accuracy, which was then chosen on the test set itself.
  case testAccuracy
  /// The loss of samples that are held out.
  case validationLoss

  /// The basis of a run with such an epoch.
  init(_ epoch: RecordedEpoch) {
    self = epoch.validationLoss == nil ? .testAccuracy : .validationLoss
  }

  /// The heading of a column with the test accuracy of the best epoch, and the epoch.
  var heading: String {
    switch self {
    case .testAccuracy: "best test (epoch)"
    case .validationLoss: "at best val loss (epoch)"
    }
  }
}
