import CKernels
import Testing

@testable import Model
@testable import Parallel

@Suite("The kernel of noise")
struct NoiseKernelTests {
  private static let kernel = KernelVersions(
    kernel_add_noise, kernel_add_noise_baseline, kernel_add_noise_v3, kernel_add_noise_v4)
  private static let seed: UInt64 = 0xfeed_0000_beef

  /// Runs a version with the noise of layer 3 in epoch 6, out of place and in place.
  private static func run(
    _ add: (
      UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Float, random_words,
      UnsafePointer<UInt32>?, Int64, Int64
    ) -> Void,
    _ x: [Float], deviation: Float, samples: [UInt32], columns: Int
  ) -> [GuardedFloats] {
    let words = random_words(.noise, layer: 3, seed: seed, epoch: 6)
    let (rows, width) = (Int64(samples.count), Int64(columns))
    var y = GuardedFloats(count: x.count)
    add(x, &y.memory, deviation, words, samples, rows, width)
    var inPlace = GuardedFloats(x)
    inPlace.memory.withUnsafeMutableBufferPointer { memory in
      let place = memory.baseAddress
      add(place, place, deviation, words, samples, rows, width)
    }
    return [y, inPlace]
  }

  private static func numbers(_ samples: [UInt32], columns: Int) -> [Double] {
    samples.flatMap { noiseNumbers(seed: seed, layer: 3, sample: $0, epoch: 6, units: columns) }
  }

  @Test("the numbers of the words are added, in place or not, with the same bits in every version")
  func addition() throws {
    let samples: [UInt32] = [59_999, 0, .max]
    var random = RandomValues(1)
    for rows in [1, 3] {
      for columns in KernelSizes.columns + [784] {
        let chosen = Array(samples[..<rows])
        let x = random.normal(rows * columns)
        let expected = zip(x, Self.numbers(chosen, columns: columns)).map {
          Float(Double($0) + 0.3 * $1)
        }
        try Self.kernel.check(
          "\(rows) x \(columns)", expecting: [expected, expected], within: 1e-6
        ) {
          Self.run($0, x, deviation: 0.3, samples: chosen, columns: columns)
        }
      }
    }
  }

  @Test("a million numbers are the normal distribution's quantiles within 2e-6")
  func quantiles() throws {
    let samples: [UInt32] = Array(0..<1000)
    let columns = 1024
    let expected = Self.numbers(samples, columns: columns)
    // Both of the formula's branches: the second one is for magnitudes above 2.9.
    #expect(expected.count { abs($0) > 3 } > 1000)
    let zeros = [Float](repeating: 0, count: expected.count)
    for (name, function) in try Self.kernel.runnable() {
      let found = Self.run(function, zeros, deviation: 1, samples: samples, columns: columns)[0]
      let errors = zip(found.values, expected).map { abs(Double($0) - $1) }
      #expect(errors.max() ?? 1 < 2e-6, "\(name)")
    }
  }
}
