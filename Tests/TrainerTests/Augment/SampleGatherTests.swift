import Testing

@testable import ImageData
@testable import Model
@testable import Parallel
@testable import Training

@Suite("Rows of mixed samples")
struct SampleGatherTests {
  private static let count = 60
  private static let samples = [UInt32](0..<UInt32(count)).reversed() + [7, 7]

  /// The input of all rows, each image by itself, and the classes of each row.
  private static func gathered(
    _ images: SyntheticImages, _ distorter: ImageDistorter?, _ mixer: SampleMixer?,
    shards: [Range<Int>]
  ) -> (rows: [[Float]], classes: [[(label: UInt8, share: Float)]]) {
    let gather = SampleGather(distorter, mixer, workerCount: 2)
    let samples = Array(samples)
    let targets = RowTargets(rowCapacity: samples.count, isMixed: mixer != nil)
    var input = [Float](repeating: .nan, count: samples.count * 36)
    samples.withUnsafeBufferPointer { samples in
      guard let first = samples.baseAddress else { return }
      let batch = Batch(source: images.source, samples: first, rowCount: samples.count, epoch: 3)
      for (index, shard) in shards.enumerated() {
        gather.gather(
          shard, samples: first, of: batch, worker: index % 2, input: &input, targets: targets)
      }
    }
    return withExtendedLifetime(images.images) {
      (input.rows(of: 36).map { [Float]($0) }, samples.indices.map { targets.shares(of: $0) })
    }
  }

  private static func augmentation(_ isDistorted: Bool, _ size: ImageSize) -> ImageDistorter? {
    isDistorted ? ImageDistorter(augmentationOfEverything, size: size, seed: 4) : nil
  }

  @Test(
    "are l times one image plus 1 - l times the other, or have its rectangle; each is distorted by itself",
    arguments: [false, true])
  func images(isDistorted: Bool) throws {
    let images = try SyntheticImages(count: Self.count, side: 6)
    let size = images.images.imageSize
    let mixer = SampleMixer(
      mixup: 1, cutmix: 1, partners: [UInt32](0..<50), size: size, seed: 4)
    let distorter = Self.augmentation(isDistorted, size)
    let shards = [0..<8, 8..<9, 9..<62]
    let mixed = Self.gathered(images, distorter, mixer, shards: shards)
    let plain = Self.gathered(images, distorter, nil, shards: shards)
    var kinds: Set<Bool> = []
    for (row, sample) in Self.samples.enumerated() {
      let label = images.images.labels[Int(sample)]
      guard let mixture = mixer.mixture(of: sample, epoch: 3) else {
        #expect(mixed.rows[row] == plain.rows[row])
        #expect(mixed.classes[row].map(\.label) == [label])
        continue
      }
      // The partner's own row.
      let partner = Self.count - 1 - Int(mixture.partner)
      let share = Double(mixture.partnerShare)
      for pixel in 0..<36 {
        let (own, other) = (plain.rows[row][pixel], plain.rows[partner][pixel])
        let found = mixed.rows[row][pixel]
        if let rectangle = mixture.rectangle {
          let isInside =
            rectangle.rows.contains(pixel / 6) && rectangle.columns.contains(pixel % 6)
          #expect(found == (isInside ? other : own))
        } else {
          let expected = (1 - share) * Double(own) + share * Double(other)
          #expect(abs(Double(found) - expected) < 1.5e-7)
        }
      }
      kinds.insert(mixture.rectangle == nil)
      check(
        mixed.classes[row], label: label, other: images.images.labels[Int(mixture.partner)],
        share: mixture.partnerShare)
    }
    #expect(kinds.count == 2)
  }

  /// Checks the classes of a row against the two labels and the share of the second.
  private func check(
    _ classes: [(label: UInt8, share: Float)], label: UInt8, other: UInt8, share: Float
  ) {
    func found(_ label: UInt8) -> Float { classes.first { $0.label == label }?.share ?? 0 }
    #expect(classes.reduce(0) { $0 + $1.share } == 1)
    #expect(classes.map(\.share) == classes.map(\.share).sorted(by: >))
    if label == other {
      #expect(found(label) == 1)
    } else {
      #expect(found(label) == 1 - share && found(other) == share)
    }
  }

  @Test("are the same in shards of any size, by any worker", arguments: [false, true])
  func shards(isDistorted: Bool) throws {
    let images = try SyntheticImages(count: Self.count, side: 6)
    let size = images.images.imageSize
    let mixer = SampleMixer(
      mixup: 0.4, cutmix: 1, partners: [UInt32](0..<60), size: size, seed: 4)
    let distorter = Self.augmentation(isDistorted, size)
    let whole = Self.gathered(images, distorter, mixer, shards: [0..<62])
    let single = Self.gathered(images, distorter, mixer, shards: (0..<62).map { $0..<$0 + 1 })
    #expect(whole.rows == single.rows)
    #expect(
      whole.classes.map { $0.map(\.label) } == single.classes.map { $0.map(\.label) }
        && whole.classes.map { $0.map(\.share) } == single.classes.map { $0.map(\.share) })
  }

  @Test(
    "the label of larger share is the one that predictions are held against; of equal ones, the own"
  )
  func largerShare() {
    let targets = RowTargets(rowCapacity: 4, isMixed: true)
    for (row, share) in [Float(0.25), 0.5, 0.75, 1].enumerated() {
      targets.set(row, label: 3, other: 5, share: share)
    }
    #expect(Array(targets.labels.elements) == [3, 3, 5, 5])
    #expect(targets.shares(of: 2).map(\.share) == [0.75, 0.25])
    #expect(targets.shares(of: 3).map(\.label) == [5])
  }

  @Test("rows of weighted classes count by the weights of their labels' shares")
  func weights() throws {
    let targets = RowTargets(rowCapacity: 4, isMixed: true, classWeights: [1, 4, 0])
    targets.set(0, label: 0, other: 1, share: 0.25)
    targets.set(1, label: 0, other: 1, share: 0.75)
    targets.set(2, label: 2, other: 2, share: 0.5)
    targets.set(3, label: 1, other: 2, share: 0.5)
    let weights = try #require(targets.weights(from: 0))
    #expect((0..<4).map { weights[$0] } == [1.75, 3.25, 0, 2])
    let others = try #require(targets.others(from: 0))
    // 1/4 of class 1 at weight 4 is 4/7 of the row; 1/4 of class 0 at weight 1 is 1/13.
    #expect((0..<4).map { others.shares[$0] } == [1 / 1.75, 0.25 / 3.25, 0, 0])
  }
}

extension Array {
  fileprivate func rows(of columns: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: columns).map { self[$0..<$0 + columns] }
  }
}
