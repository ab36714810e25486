import ImageData
import Model
import Parallel

/// Mixes training samples with others: their images, and their targets by the same shares.
///
/// - mixup blends all pixels: x = l x_i + (1 - l) x_j. Source: Zhang, Cisse, Dauphin and Lopez-Paz,
///   "mixup: beyond empirical risk minimization", ICLR 2018.
/// - CutMix pastes a rectangle of image j: ``PastedRectangle``. l is then the share of the pixels
///   that image i keeps.
///
/// Each sample has an l of its own, from Beta(a, a). With both, a sample takes one of the two, with
/// probability 1/2 each, as in timm. A mixture is a function of the seed, the sample's index and
/// the epoch.
package struct SampleMixer: Sendable {
  private let mixup: SymmetricBeta?
  private let cutmix: SymmetricBeta?
  private let partners: [UInt32]
  private let seed: UInt64
  /// The images' size.
  let size: ImageSize

  /// Prepares for mixtures; at least one of the two kinds is given.
  ///
  /// - Parameters:
  ///   - mixup: The a of mixup's Beta(a, a), above 0; nil for no mixup.
  ///   - cutmix: The a of CutMix's, above 0; nil for no CutMix.
  ///   - partners: The indices of the samples that others are mixed with: all that are trained on.
  ///   - size: The images' size.
  ///   - seed: The run's seed.
  package init(
    mixup: Double?, cutmix: Double?, partners: [UInt32], size: ImageSize, seed: UInt64
  ) {
    precondition(mixup != nil || cutmix != nil, "one of the two is given")
    precondition(!partners.isEmpty, "there are samples")
    self.mixup = mixup.map { SymmetricBeta(shape: $0) }
    self.cutmix = cutmix.map { SymmetricBeta(shape: $0) }
    self.partners = partners
    self.seed = seed
    self.size = size
  }

  /// A sample's mixture in an epoch; allocates no memory.
  ///
  /// - Parameters:
  ///   - sample: The sample's index in the data set.
  ///   - epoch: The epoch's number, from 1.
  /// - Returns: The mixture; nil if the sample's partner is itself, so that it stays as it is.
  func mixture(of sample: UInt32, epoch: UInt32) -> SampleMixture? {
    let numbers = SampleNumbers(seed: seed, sample: sample, epoch: epoch)
    var choice = numbers.stream(.partner)
    let partner = partners[Int(choice.next(below: UInt32(partners.count)))]
    if partner == sample { return nil }
    let takesMixup = mixup != nil && (cutmix == nil || numbers.symmetric(.mixture) < 0)
    if takesMixup, let mixup {
      var stream = numbers.stream(.mixup)
      return SampleMixture(
        partner: partner, partnerShare: SampleMixture.share(1 - mixup.draw(from: &stream)),
        rectangle: nil)
    }
    guard let cutmix else { return nil }
    var stream = numbers.stream(.cutmix)
    let rectangle = PastedRectangle(
      share: 1 - cutmix.draw(from: &stream), size: size, stream: &stream)
    let share = Double(rectangle.area) / Double(size.rows * size.columns)
    return SampleMixture(
      partner: partner, partnerShare: SampleMixture.share(share), rectangle: rectangle)
  }
}
