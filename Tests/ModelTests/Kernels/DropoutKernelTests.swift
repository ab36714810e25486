import CKernels
import Testing

@testable import Model
@testable import Parallel

@Suite("The kernels of dropout")
struct DropoutKernelTests {
  static let seed: UInt64 = 0xfeed_0000_beef
  static let samples: [UInt32] = [0, 59_999, 1, 7, .max, 12, 13]
  static let epoch: UInt32 = 6
  static let random = random_words(.dropout, layer: 3, seed: seed, epoch: epoch)
  static let threshold: UInt32 = 0x4000_0000
  static let matrices = [1, 2, 7].flatMap { rows in
    (KernelSizes.columns + [128, 513]).map { (rows: rows, columns: $0) }
  }

  /// The words of (rows, columns), row after row.
  static func words(rows: Int, columns: Int) -> [UInt32] {
    samples[..<rows].flatMap {
      unitWords(seed: seed, layer: 3, sample: $0, epoch: epoch, units: columns)
    }
  }

  @Test("a unit is kept where its word reaches the threshold, in place or not")
  func drop() throws {
    let drop = KernelVersions(kernel_drop, kernel_drop_baseline, kernel_drop_v3, kernel_drop_v4)
    var random = RandomValues(1)
    for (rows, columns) in Self.matrices {
      let x = random.normal(rows * columns)
      let words = Self.words(rows: rows, columns: columns)
      let expected = zip(x, words).map { $1 >= Self.threshold ? $0 * 1.25 : 0 }
      try drop.check("\(rows) x \(columns)", expecting: [expected, expected]) { drop in
        var y = GuardedFloats(count: x.count)
        drop(
          x, &y.memory, 1.25, Self.threshold, Self.random, Self.samples, Int64(rows),
          Int64(columns))
        var inPlace = GuardedFloats(x)
        inPlace.memory.withUnsafeMutableBufferPointer { memory in
          drop(
            memory.baseAddress, memory.baseAddress, 1.25, Self.threshold, Self.random,
            Self.samples, Int64(rows), Int64(columns))
        }
        return [y, inPlace]
      }
    }
  }

  @Test("a unit's word is the one that the documented counter names")
  func boundary() throws {
    let drop = KernelVersions(kernel_drop, kernel_drop_baseline, kernel_drop_v3, kernel_drop_v4)
    // More than three groups of 64 units.
    let count = 200
    let words = Self.words(rows: 1, columns: count)
    for (name, drop) in try drop.runnable() {
      for unit in 0..<count {
        // A word that equals the threshold keeps its unit, and one less drops it.
        for (threshold, expected) in [(words[unit], Float(2)), (words[unit] &+ 1, 0)] {
          var y = [Float](repeating: 2, count: count)
          y.withUnsafeMutableBufferPointer { memory in
            drop(
              memory.baseAddress, memory.baseAddress, 1, threshold, Self.random, Self.samples, 1,
              Int64(count))
          }
          #expect(y[unit] == expected, "\(name), unit \(unit)")
        }
      }
    }
  }

  @Test("normalizing, rectifying and dropping in one pass is one after the other")
  func normalizeRectifyDrop() throws {
    let kernel = KernelVersions(
      kernel_normalize_rectify_drop, kernel_normalize_rectify_drop_baseline,
      kernel_normalize_rectify_drop_v3, kernel_normalize_rectify_drop_v4)
    var random = RandomValues(2)
    for (rows, columns) in Self.matrices {
      let x = random.normal(rows * columns)
      let scale = random.normal(columns)
      let shift = random.normal(columns)
      let words = Self.words(rows: rows, columns: columns)
      let expected = x.indices.map { i -> Float in
        let value = x[i] * scale[i % columns] + shift[i % columns]
        return words[i] >= Self.threshold ? (value < 0 ? 0 : value) * 1.25 : 0
      }
      try kernel.check("\(rows) x \(columns)", expecting: [expected]) { kernel in
        var y = GuardedFloats(count: x.count)
        kernel(
          x, scale, shift, 1.25, Self.threshold, Self.random, Self.samples, Int64(rows),
          Int64(columns), &y.memory)
        return [y]
      }
    }
  }
}
