import Parallel

/// Divides a training set into samples to train on and samples held out for validation.
///
/// The choice depends only on the seed, on what is held out, and on the number of samples; if it is
/// stratified, also on the labels. Every run with a seed holds out the same samples.
package struct ValidationSplit: Sendable, Equatable {
  /// The numbers of the samples to train on, ascending.
  package let training: [UInt32]
  /// The numbers of the held-out samples, ascending.
  package let validation: [UInt32]

  /// Chooses the held-out samples.
  ///
  /// All samples are shuffled. The first of them are held out, or for fold k of K each K-th one
  /// from the k-th on. If the choice is stratified, the shuffled samples are first sorted by class.
  /// Then the first samples of each class are held out, or each K-th of all.
  ///
  /// - Parameters:
  ///   - heldOut: What is held out.
  ///   - labels: The class of each sample of the whole set.
  ///   - isStratified: Whether each class is held out in proportion to its size.
  ///   - seed: The run's seed.
  ///   - purpose: What the samples are held out for: each purpose has its own choice.
  package init(
    _ heldOut: HeldOut, of labels: some RandomAccessCollection<UInt8>, isStratified: Bool = false,
    seed: UInt64, purpose: RandomPurpose = .validation
  ) {
    let count = labels.count
    precondition(
      (0...count).contains(heldOut.count(of: count)), "samples held out are of the training set")
    // Without held-out samples the order does not matter.
    guard heldOut.count(of: count) > 0 else {
      training = [UInt32](0..<UInt32(count))
      validation = []
      return
    }
    var order = [UInt32](0..<UInt32(count))
    var stream = RandomStream(seed: seed, purpose: purpose)
    order.withUnsafeMutableBufferPointer { EpochOrder.shuffle($0, &stream) }
    let strata = isStratified ? Self.sort(&order, by: Array(labels)) : [0..<count]
    var isHeldOut = [Bool](repeating: false, count: count)
    for place in Self.places(of: heldOut, in: strata) { isHeldOut[Int(order[place])] = true }
    let samples = 0..<UInt32(count)
    training = samples.filter { !isHeldOut[Int($0)] }
    validation = samples.filter { isHeldOut[Int($0)] }
  }

  /// Sorts samples by class; those of a class keep their order.
  ///
  /// - Returns: The places of each class.
  private static func sort(_ order: inout [UInt32], by labels: [UInt8]) -> [Range<Int>] {
    var members = [[UInt32]](repeating: [], count: Int(UInt8.max) + 1)
    for sample in order { members[Int(labels[Int(sample)])].append(sample) }
    order = members.flatMap(\.self)
    var first = 0
    return members.map { samples in
      defer { first += samples.count }
      return first..<first + samples.count
    }
  }

  /// The places in the order whose samples are held out.
  private static func places(of heldOut: HeldOut, in strata: [Range<Int>]) -> [Int] {
    switch heldOut {
    case .samples(let total):
      let shares = LargestRemainder.shares(of: total, among: strata.map(\.count))
      return zip(strata, shares).flatMap { $0.prefix($1) }
    case .fold(let fold):
      let count = strata.reduce(0) { $0 + $1.count }
      return Array(stride(from: fold.number - 1, to: count, by: fold.count))
    }
  }
}
