import Testing

@testable import ImageData
@testable import Training

@Suite("What a sample is mixed with")
struct SampleMixerTests {
  private static let size = ImageSize(rows: 28, columns: 28)
  private static let count = 4_000

  private static func mixtures(
    mixup: Double? = nil, cutmix: Double? = nil, partners: [UInt32]? = nil, seed: UInt64 = 5,
    epoch: UInt32 = 1
  ) -> [SampleMixture?] {
    let mixer = SampleMixer(
      mixup: mixup, cutmix: cutmix, partners: partners ?? [UInt32](0..<UInt32(count)), size: size,
      seed: seed)
    return (0..<UInt32(count)).map { mixer.mixture(of: $0, epoch: epoch) }
  }

  @Test("depends on the sample, the epoch and the seed, and on nothing else")
  func numbers() {
    let first = Self.mixtures(mixup: 0.4, cutmix: 1)
    #expect(first == Self.mixtures(mixup: 0.4, cutmix: 1))
    for other in [
      Self.mixtures(mixup: 0.4, cutmix: 1, seed: 6), Self.mixtures(mixup: 0.4, cutmix: 1, epoch: 2),
    ] {
      #expect(zip(first, other).count { $0 == $1 } < Self.count / 100)
    }
  }

  @Test("is one of the samples that are trained on, each as likely as another")
  func partners() {
    let partners = [UInt32](stride(from: 1, to: 41, by: 2))
    let found = Self.mixtures(mixup: 1, partners: partners)
    var counts: [UInt32: Int] = [:]
    for mixture in found.compactMap(\.self) { counts[mixture.partner, default: 0] += 1 }
    #expect(counts.keys.sorted() == partners)
    // 200 each; five standard deviations: 5 sqrt(4000 / 20 * 19 / 20).
    #expect(counts.values.allSatisfy { (131...269).contains($0) }, "\(counts)")
  }

  @Test("is nothing if it is the sample itself: the only one of its set is never mixed")
  func alone() {
    let found = Self.mixtures(mixup: 1, cutmix: 1, partners: [7])
    #expect(found[7] == nil)
    #expect(found.count { $0 == nil } == 1)
  }

  @Test("has shares of 24 bits, whose sum with the sample's own is 1 exactly")
  func shares() {
    for mixture in Self.mixtures(mixup: 0.3, cutmix: 1).compactMap(\.self) {
      let (own, share) = (1 - mixture.partnerShare, mixture.partnerShare)
      #expect((0...1).contains(share) && own + share == 1)
      #expect(Double(own) + Double(share) == 1)
    }
  }

  @Test(
    "mixup's share is Beta(a, a): mean and variance within five standard errors",
    arguments: [0.2, 1, 4])
  func mixupShares(shape: Double) {
    let shares = Self.mixtures(mixup: shape).compactMap { $0.map { Double($0.partnerShare) } }
    let count = Double(shares.count)
    let variance = 1 / (4 * (2 * shape + 1))
    let mean = shares.reduce(0, +) / count
    #expect(abs(mean - 0.5) < 5 * (variance / count).squareRoot())
    let found = shares.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / count
    // The fourth central moment of Beta(a, a) is 3 / (16 (2a + 1) (2a + 3)).
    let fourth = 3 / (16 * (2 * shape + 1) * (2 * shape + 3))
    #expect(abs(found - variance) < 5 * ((fourth - variance * variance) / count).squareRoot())
  }

  @Test("a rectangle's share of the pixels is that of the target exactly, also where it is cut off")
  func rectangles() throws {
    var areas: Set<Int> = []
    for mixture in Self.mixtures(cutmix: 1).compactMap(\.self) {
      let rectangle = try #require(mixture.rectangle)
      let one = [Float](repeating: 1, count: 784)
      var image = [Float](repeating: 0, count: 784)
      mixture.mix(&image, with: one, size: Self.size)
      let pasted = image.count { $0 == 1 }
      #expect(pasted == rectangle.area)
      // The nearest number of 24 bits, and so the only one that gives the count again.
      #expect(mixture.partnerShare == SampleMixture.share(Double(pasted) / 784))
      #expect(Int((Double(mixture.partnerShare) * 784).rounded()) == pasted)
      #expect(abs(Double(mixture.partnerShare) * 784 - Double(pasted)) <= 784 * 0x1p-25)
      areas.insert(pasted)
    }
    #expect(areas.count > 100)
  }

  @Test("with both kinds is one or the other, half of the samples each, as with that kind alone")
  func both() {
    let found = Self.mixtures(mixup: 0.4, cutmix: 1)
    let blended = Self.mixtures(mixup: 0.4)
    let pasted = Self.mixtures(cutmix: 1)
    for (mixture, (blend, paste)) in zip(found, zip(blended, pasted)) {
      #expect(mixture == (mixture?.rectangle == nil ? blend : paste))
    }
    // Five standard deviations: 5 sqrt(1000).
    let count = found.compactMap(\.self).count { $0.rectangle == nil }
    #expect((1_842...2_158).contains(count), "\(count)")
  }
}
