/// The second labels of rows that are mixtures of two samples.
package struct OtherLabels: @unchecked Sendable, BitwiseCopyable {
  /// The labels, (rows), each less than the number of classes.
  package let labels: UnsafePointer<UInt8>
  /// Their shares of the targets, (rows), from 0 to 1.
  package let shares: UnsafePointer<Float>

  /// Points to labels and shares.
  ///
  /// - Parameters:
  ///   - labels: The labels, (rows).
  ///   - shares: Their shares, (rows).
  package init(labels: UnsafePointer<UInt8>, shares: UnsafePointer<Float>) {
    self.labels = labels
    self.shares = shares
  }
}
