import CKernels
import Testing

@testable import Model
@testable import Parallel

@Suite("The kernel of channel dropout")
struct ChannelDropoutKernelTests {
  @Test("a channel is kept at all positions where its unit is, in place or not")
  func drop() throws {
    let kernel = KernelVersions(
      kernel_drop_channels, kernel_drop_channels_baseline, kernel_drop_channels_v3,
      kernel_drop_channels_v4)
    let seed: UInt64 = 0xfeed_0000_beef
    let epoch: UInt32 = 6
    let random = random_words(.dropout, layer: 3, seed: seed, epoch: epoch)
    let samples: [UInt32] = [59_999, 0, .max]
    let threshold: UInt32 = 0x6000_0000
    var values = RandomValues(1)
    for rows in [1, 3] {
      for (positions, channels) in [1, 2, 9].flatMap({ positions in
        (KernelSizes.columns + [33, 128, 513]).map { (positions, $0) }
      }) {
        let x = values.normal(rows * positions * channels)
        let words = samples[..<rows].flatMap { sample in
          let words = unitWords(
            seed: seed, layer: 3, sample: sample, epoch: epoch, units: channels)
          return (0..<positions).flatMap { _ in words }
        }
        let expected = zip(x, words).map { $1 >= threshold ? $0 * 1.25 : 0 }
        let context = "\(rows) x \(positions) x \(channels)"
        try kernel.check(context, expecting: [expected, expected]) { kernel in
          var y = GuardedFloats(count: x.count)
          kernel(
            x, &y.memory, 1.25, threshold, random, samples, Int64(rows), Int64(positions),
            Int64(channels))
          var inPlace = GuardedFloats(x)
          inPlace.memory.withUnsafeMutableBufferPointer { memory in
            kernel(
              memory.baseAddress, memory.baseAddress, 1.25, threshold, random, samples,
              Int64(rows), Int64(positions), Int64(channels))
          }
          return [y, inPlace]
        }
      }
    }
  }
}
