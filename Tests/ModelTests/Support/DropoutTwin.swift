@testable import Parallel

/// The random words of dropout as its documentation has them, one unit at a time.
///
/// Unit 64 g + 16 w + b takes word w of the block at counter (16 g + b, sample, purpose, epoch): the
/// stream's word 4 (16 g + b) + w.
func dropoutWords(
  seed: UInt64, layer: UInt32, sample: UInt32, epoch: UInt32, units: Int
) -> [UInt32] {
  var stream = RandomStream(
    seed: seed, purpose: .dropout, layer: layer, index: sample, epoch: epoch)
  let words = (0..<(units + 63) / 64 * 64).map { _ in stream.next() }
  return (0..<units).map { unit in
    let (g, w, b) = (unit / 64, unit % 64 / 16, unit % 16)
    return words[4 * (16 * g + b) + w]
  }
}
