import Testing

@testable import ImageData
@testable import Parallel
@testable import Training

@Suite("A distorted image")
struct ImageDistorterTests {
  private static let size = ImageSize(rows: 9, columns: 12, channels: 3)
  private static let image = (0..<size.valueCount).map { UInt8(truncatingIfNeeded: 37 * $0 + 11) }

  private static func distorted(
    _ augmentation: Augmentation, sample: UInt32 = 5, epoch: UInt32 = 1, seed: UInt64 = 0
  ) -> [Float] {
    let distorter = ImageDistorter(augmentation, size: size, seed: seed)
    let scratch = AlignedBuffer<Float>(count: distorter.scratchCount)
    // What was there before has no meaning.
    scratch.elements.update(repeating: .nan)
    var output = [Float](repeating: .nan, count: size.valueCount)
    distorter.distort(
      image, sample: sample, epoch: epoch, output: &output, scratch: scratch.pointer)
    return output
  }

  @Test("by nothing has the values byte / 255")
  func identity() {
    #expect(Self.distorted(Augmentation()) == Self.image.map { Float($0) / 255 })
  }

  @Test("depends on the sample, the epoch and the seed, and on nothing else")
  func numbers() {
    let first = Self.distorted(augmentationOfEverything)
    #expect(first == Self.distorted(augmentationOfEverything))
    #expect(first != Self.distorted(augmentationOfEverything, sample: 6))
    #expect(first != Self.distorted(augmentationOfEverything, epoch: 2))
    #expect(first != Self.distorted(augmentationOfEverything, seed: 1))
    #expect(first.allSatisfy { (-1e-6...1 + 1e-6).contains($0) })
  }

  @Test("by a flip is the image or its mirror image, each for half of the samples")
  func flips() {
    var augmentation = Augmentation()
    augmentation.flips = true
    let original = Self.image.map { Float($0) / 255 }
    let mirrored = (0..<Self.size.valueCount).map { index in
      let (pixel, channel) = (index / 3, index % 3)
      return original[(pixel / 12 * 12 + 11 - pixel % 12) * 3 + channel]
    }
    let found = (0..<400).map { Self.distorted(augmentation, sample: $0) }
    #expect(found.allSatisfy { $0 == original || $0 == mirrored })
    // Five standard deviations: 5 sqrt(100).
    #expect((150...250).contains(found.count { $0 == mirrored }))
  }
}
