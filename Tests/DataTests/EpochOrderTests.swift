import Testing

@testable import ImageData

extension EpochOrder {
  /// An epoch's order in an array of its own.
  fileprivate static func shuffled(count: Int, seed: UInt64, epoch: UInt32) -> [UInt32] {
    var order = [UInt32](repeating: 0, count: count)
    order.withUnsafeMutableBufferPointer { fillShuffled($0, seed: seed, epoch: epoch) }
    return order
  }
}

@Suite("The order of an epoch")
struct EpochOrderTests {
  @Test("visits every sample once", arguments: [0, 1, 2, 3, 1000, 60_000])
  func permutation(count: Int) {
    #expect(
      EpochOrder.shuffled(count: count, seed: 5, epoch: 3).sorted() == Array(0..<UInt32(count)))
  }

  @Test("is the files' order if it is not shuffled")
  func sequential() {
    var buffer: [UInt32] = [7, 7, 7, 7, 7]
    buffer.withUnsafeMutableBufferPointer { EpochOrder.fillSequential($0) }
    #expect(buffer == [0, 1, 2, 3, 4])
  }

  @Test("depends on the seed and the epoch, and on nothing else")
  func dependence() {
    let order = EpochOrder.shuffled(count: 1000, seed: 1, epoch: 1)
    #expect(order == EpochOrder.shuffled(count: 1000, seed: 1, epoch: 1))
    #expect(order != EpochOrder.shuffled(count: 1000, seed: 1, epoch: 2))
    #expect(order != EpochOrder.shuffled(count: 1000, seed: 2, epoch: 1))
    #expect(order != EpochOrder.shuffled(count: 1000, seed: 1 << 32 | 1, epoch: 1))
  }

  // From an independent implementation of Philox4x32-10, Lemire's bound and the shuffle, in Python.
  @Test("is pinned: another version of the trainer has the same")
  func golden() {
    #expect(EpochOrder.shuffled(count: 10, seed: 0, epoch: 0) == [2, 4, 3, 9, 8, 6, 7, 5, 0, 1])
    #expect(EpochOrder.shuffled(count: 10, seed: 0, epoch: 1) == [2, 8, 3, 4, 1, 0, 9, 6, 7, 5])
    #expect(
      EpochOrder.shuffled(count: 60_000, seed: 1, epoch: 1).prefix(8)
        == [51880, 9526, 43415, 6250, 52137, 39999, 34316, 44400])
    #expect(
      EpochOrder.shuffled(count: 60_000, seed: 0x0123_4567_89ab_cdef, epoch: 7).prefix(8)
        == [35344, 11417, 7810, 12627, 24813, 25561, 23263, 24271])
  }

  @Test("written into a buffer is the same, whatever the buffer held")
  func inPlace() {
    var buffer = [UInt32](repeating: 77, count: 1000)
    buffer.withUnsafeMutableBufferPointer { EpochOrder.fillShuffled($0, seed: 9, epoch: 4) }
    #expect(buffer == EpochOrder.shuffled(count: 1000, seed: 9, epoch: 4))
  }

  @Test("of a list visits its samples once, in an order that does not depend on their numbers")
  func list() {
    let samples = (0..<500).map { UInt32(3 * $0 + 1) }
    var buffer = [UInt32](repeating: 77, count: 500)
    buffer.withUnsafeMutableBufferPointer {
      EpochOrder.fillShuffled($0, samples: samples, seed: 9, epoch: 4)
    }
    #expect(
      buffer
        == EpochOrder.shuffled(count: 500, seed: 9, epoch: 4).map { samples[Int($0)] })
    buffer.withUnsafeMutableBufferPointer { EpochOrder.fillSequential($0, samples: samples) }
    #expect(buffer == samples)
  }

  @Test(
    "of the list of all samples has the bits of the order without one", arguments: [1, 2, 1000])
  func listOfAll(count: Int) {
    var buffer = [UInt32](repeating: 77, count: count)
    buffer.withUnsafeMutableBufferPointer {
      EpochOrder.fillShuffled($0, samples: Array(0..<UInt32(count)), seed: 9, epoch: 4)
    }
    #expect(buffer == EpochOrder.shuffled(count: count, seed: 9, epoch: 4))
  }

  @Test("puts every sample in every place about equally often")
  func uniformity() {
    let count = 8
    let rounds = 16_000
    var table = [[Int]](repeating: Array(repeating: 0, count: count), count: count)
    for epoch in 0..<rounds {
      let order = EpochOrder.shuffled(count: count, seed: 42, epoch: UInt32(epoch))
      for (place, sample) in order.enumerated() { table[place][Int(sample)] += 1 }
    }
    let expected = Double(rounds) / Double(count)
    let chiSquare = table.joined().reduce(0.0) { sum, observed in
      let difference = Double(observed) - expected
      return sum + difference * difference / expected
    }
    // 49 degrees of freedom: 85.4 is exceeded once in a thousand.
    #expect(chiSquare < 85.4)
    #expect(chiSquare > 23)
  }
}
