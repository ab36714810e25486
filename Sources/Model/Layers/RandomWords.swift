import CKernels
import Parallel

extension random_words {
  /// The random words of an epoch.
  ///
  /// - Parameters:
  ///   - purpose: What the words are for.
  ///   - layer: The number of the layer, or of the transform, below 2^24.
  ///   - seed: The run's seed.
  ///   - epoch: The number of the epoch.
  package init(_ purpose: RandomPurpose, layer: UInt32, seed: UInt64, epoch: UInt32) {
    let key = RandomStream.key(seed: seed)
    self.init(
      purpose: RandomStream.purposeWord(purpose, layer: layer), epoch: epoch, key0: key[0],
      key1: key[1])
  }
}
