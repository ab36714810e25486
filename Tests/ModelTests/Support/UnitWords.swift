@testable import Model
@testable import Parallel

/// The random words of dropout and noise as their documentation has them, one unit at a time.
///
/// Unit 64 g + 16 w + b takes word w of the block at counter (16 g + b, sample, purpose, epoch):
/// the stream's word 4 (16 g + b) + w.
func unitWords(
  seed: UInt64, layer: UInt32, sample: UInt32, epoch: UInt32, units: Int,
  purpose: RandomPurpose = .dropout
) -> [UInt32] {
  var stream = RandomStream(
    seed: seed, purpose: purpose, layer: layer, index: sample, epoch: epoch)
  let words = (0..<(units + 63) / 64 * 64).map { _ in stream.next() }
  return (0..<units).map { unit in
    let (g, w, b) = (unit / 64, unit % 64 / 16, unit % 16)
    return words[4 * (16 * g + b) + w]
  }
}

/// The standard normal numbers of noise in double precision: a word's highest bit is the sign, the
/// others the probability of a greater magnitude.
func noiseNumbers(
  seed: UInt64, layer: UInt32, sample: UInt32, epoch: UInt32, units: Int
) -> [Double] {
  unitWords(
    seed: seed, layer: layer, sample: sample, epoch: epoch, units: units, purpose: .noise
  ).map { word in
    let tail = (Double(word & 0x7fff_ffff) + 0.5) * 0x1p-31
    // The probability of less than -|n| is half of that.
    let magnitude = -normalQuantile(tail / 2)
    return word >> 31 == 1 ? -magnitude : magnitude
  }
}
