import Model
import Parallel

/// The targets of rows: a label each, or two of mixed samples; and how much each row counts.
package struct RowTargets: Sendable {
  /// The label of each row, (rows): of two, the one of larger share, or the sample's own if they
  /// are equal.
  package let labels: AlignedBuffer<UInt8>
  /// The other label of each row, (rows); of no meaning where its share is 0.
  private let otherLabels: AlignedBuffer<UInt8>
  /// The other label's share, (rows): from 0 to 1/2, or with weights of classes to 1.
  private let otherShares: AlignedBuffer<Float>
  private let isMixed: Bool
  /// The weight of each class (classes), and of each row (rows); empty if all count the same.
  private let classWeights: AlignedBuffer<Float>
  private let rowWeights: AlignedBuffer<Float>
  private let isWeighted: Bool

  /// Allocates targets.
  ///
  /// - Parameters:
  ///   - rowCapacity: The most rows.
  ///   - isMixed: Whether samples are mixed.
  ///   - weights: The weight of each class, (classes); nil if all count the same.
  package init(rowCapacity: Int, isMixed: Bool, classWeights weights: [Float]? = nil) {
    labels = AlignedBuffer(count: rowCapacity)
    otherLabels = AlignedBuffer(count: isMixed ? rowCapacity : 0)
    otherShares = AlignedBuffer(count: isMixed ? rowCapacity : 0)
    self.isMixed = isMixed
    isWeighted = weights != nil
    classWeights = AlignedBuffer(count: weights?.count ?? 0)
    rowWeights = AlignedBuffer(count: isWeighted ? rowCapacity : 0)
    for (label, weight) in (weights ?? []).enumerated() { classWeights.pointer[label] = weight }
  }

  /// Takes the memory of rows near the calling worker.
  ///
  /// - Parameter rows: The rows.
  func touch(_ rows: Range<Int>) {
    labels.touch(rows)
    if isWeighted { rowWeights.touch(rows) }
    guard isMixed else { return }
    otherLabels.touch(rows)
    otherShares.touch(rows)
  }

  /// Sets the target of a row of one sample, where samples are not mixed.
  ///
  /// - Parameters:
  ///   - row: The row.
  ///   - label: The sample's label.
  func set(_ row: Int, label: UInt8) {
    labels.pointer[row] = label
    if isWeighted { rowWeights.pointer[row] = classWeights.pointer[Int(label)] }
  }

  /// Sets the target of a row of two samples.
  ///
  /// Each label's part of the loss counts by its class's weight: with shares 1 - s and s and
  /// weights v and w, the row counts by (1 - s) v + s w, and the other label's share becomes s w of
  /// that.
  ///
  /// - Parameters:
  ///   - row: The row.
  ///   - label: The sample's own label.
  ///   - other: The label of the sample that it is mixed with.
  ///   - share: That one's share: a multiple of 2^-24 from 0 to 1.
  func set(_ row: Int, label: UInt8, other: UInt8, share: Float) {
    let isLarger = share > 0.5
    labels.pointer[row] = isLarger ? other : label
    otherLabels.pointer[row] = isLarger ? label : other
    let otherShare = label == other ? 0 : isLarger ? 1 - share : share
    otherShares.pointer[row] = otherShare
    guard isWeighted else { return }
    let own = (1 - otherShare) * classWeights.pointer[Int(labels.pointer[row])]
    let others = otherShare * classWeights.pointer[Int(otherLabels.pointer[row])]
    let weight = own + others
    rowWeights.pointer[row] = weight
    if weight > 0 { otherShares.pointer[row] = others / weight }
  }

  /// The weights of the rows from a row on.
  ///
  /// - Parameter row: The first row.
  /// - Returns: The weights; nil if all count the same.
  func weights(from row: Int) -> UnsafePointer<Float>? {
    isWeighted ? UnsafePointer(rowWeights.pointer + row) : nil
  }

  /// The other labels of rows from a row on.
  ///
  /// - Parameter row: The first row.
  /// - Returns: Where they are; nil if samples are not mixed.
  func others(from row: Int) -> OtherLabels? {
    guard isMixed else { return nil }
    return OtherLabels(labels: otherLabels.pointer + row, shares: otherShares.pointer + row)
  }

  /// The classes of a row.
  ///
  /// - Parameter row: The row, whose target is set.
  /// - Returns: The classes and their shares, the larger share first; together they are 1.
  package func shares(of row: Int) -> [(label: UInt8, share: Float)] {
    let other = isMixed ? otherShares.pointer[row] : 0
    let first = (labels.pointer[row], 1 - other)
    return other > 0 ? [first, (otherLabels.pointer[row], other)] : [first]
  }
}
