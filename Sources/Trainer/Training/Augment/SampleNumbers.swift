import CKernels
import Model
import Parallel

/// The random numbers of one sample's distortion and mixture in one epoch.
///
/// Each transform has numbers of its own, so another transform does not change them; and a sample
/// has the same ones on any thread and rank.
struct SampleNumbers: Sendable {
  /// The transform that numbers are for.
  enum Transform: UInt32 {
    case rotate = 1
    case scale = 2
    case shift = 3
    case shear = 4
    case elastic = 5
    case erase = 6
    case flip = 7
    /// The sample that it is mixed with.
    case partner = 8
    /// Which of the two mixtures it takes, if a run has both.
    case mixture = 9
    case mixup = 10
    case cutmix = 11
  }

  /// The run's seed.
  let seed: UInt64
  /// The sample's index in the data set.
  let sample: UInt32
  /// The epoch's number, from 1.
  let epoch: UInt32

  /// The numbers of a transform.
  func stream(_ transform: Transform) -> RandomStream {
    RandomStream(
      seed: seed, purpose: .augmentation, layer: transform.rawValue, index: sample, epoch: epoch)
  }

  /// The words of a transform of this epoch, of any sample, as the kernels take them.
  func words(_ transform: Transform) -> random_words {
    random_words(.augmentation, layer: transform.rawValue, seed: seed, epoch: epoch)
  }

  /// The first number of a transform, uniform between -1 and 1.
  func symmetric(_ transform: Transform) -> Double {
    var numbers = stream(transform)
    return numbers.nextSymmetric()
  }
}

extension RandomStream {
  /// A uniform number strictly between -1 and 1.
  mutating func nextSymmetric() -> Double { 2 * nextUnitInterval() - 1 }
}
