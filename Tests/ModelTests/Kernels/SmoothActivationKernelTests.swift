import CKernels
import Foundation
import Testing

/// A smooth activation's kernels, with its formula in double precision.
struct SmoothActivation: CustomTestStringConvertible, Sendable {
  typealias Forward =
    @Sendable (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int64) -> Void
  typealias Backward =
    @Sendable (UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, Int64) -> Void

  let testDescription: String
  let forward: KernelVersions<Forward>
  let backward: KernelVersions<Backward>
  let value: @Sendable (Double) -> Double
  let derivative: @Sendable (Double) -> Double
  /// The largest differences over all arguments, for a value relative to the larger of it and 1.
  let tolerance: Double

  /// The probability of less than x, by Glibc's erfc, which does not cancel.
  static func probability(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

  static let gelu = SmoothActivation(
    testDescription: "gelu",
    forward: KernelVersions<Forward>(
      { kernel_gelu($0, $1, $2) }, { kernel_gelu_baseline($0, $1, $2) },
      { kernel_gelu_v3($0, $1, $2) }, { kernel_gelu_v4($0, $1, $2) }),
    backward: KernelVersions<Backward>(
      { kernel_gelu_backward($0, $1, $2) }, { kernel_gelu_backward_baseline($0, $1, $2) },
      { kernel_gelu_backward_v3($0, $1, $2) }, { kernel_gelu_backward_v4($0, $1, $2) }),
    value: { $0 * probability($0) },
    derivative: { probability($0) + $0 * exp(-$0 * $0 / 2) / (2 * .pi).squareRoot() },
    tolerance: 2.5e-7)

  static let silu = SmoothActivation(
    testDescription: "silu",
    forward: KernelVersions<Forward>(
      { kernel_silu($0, $1, $2) }, { kernel_silu_baseline($0, $1, $2) },
      { kernel_silu_v3($0, $1, $2) }, { kernel_silu_v4($0, $1, $2) }),
    backward: KernelVersions<Backward>(
      { kernel_silu_backward($0, $1, $2) }, { kernel_silu_backward_baseline($0, $1, $2) },
      { kernel_silu_backward_v3($0, $1, $2) }, { kernel_silu_backward_v4($0, $1, $2) }),
    value: { $0 / (1 + exp(-$0)) },
    derivative: { x in
      let s = 1 / (1 + exp(-x))
      return s * (1 + x * (1 - s))
    }, tolerance: 2.5e-7)

  static let all = [gelu, silu]
}

@Suite("The kernels of smooth activations")
struct SmoothActivationKernelTests {
  /// Close to each other around 0, and some as far as any value.
  private static let arguments: [Float] = {
    let near = stride(from: Float(-16), through: 16, by: 0.0007)
    let far = (0..<250).map { Float(pow(1.7, Double($0) - 100)) }.filter(\.isFinite)
    return near + far + far.map { -$0 }
  }()

  /// The largest difference, where a value counts as 1 if it is smaller.
  private static func largestDifference(_ found: [Float], _ expected: [Double]) -> Double {
    zip(found, expected).reduce(0) { largest, pair in
      let difference = abs(Double(pair.0) - pair.1) / max(1, abs(pair.1))
      return difference <= largest ? largest : (difference.isNaN ? .infinity : difference)
    }
  }

  @Test("are within rounding of the formula, for any argument", arguments: SmoothActivation.all)
  func formula(activation: SmoothActivation) throws {
    let x = Self.arguments
    for (name, kernel) in try activation.forward.runnable() {
      var y = [Float](repeating: .nan, count: x.count)
      kernel(x, &y, Int64(x.count))
      let difference = Self.largestDifference(y, x.map { activation.value(Double($0)) })
      #expect(difference < activation.tolerance, "\(name): \(difference)")
    }
    for (name, kernel) in try activation.backward.runnable() {
      var dx = [Float](repeating: 1, count: x.count)
      kernel(&dx, x, Int64(x.count))
      let difference = Self.largestDifference(dx, x.map { activation.derivative(Double($0)) })
      #expect(difference < 2 * activation.tolerance, "\(name): \(difference)")
    }
  }

  @Test("have equal bits with all instruction sets, of any count", arguments: SmoothActivation.all)
  func bits(activation: SmoothActivation) throws {
    var random = RandomValues(1)
    for count in KernelSizes.counts {
      let (x, dy) = (random.normal(count, deviation: 3), random.normal(count))
      let y = x.map { Float(activation.value(Double($0))) }
      try activation.forward.check("\(count)", expecting: [y], within: 1e-6) { kernel in
        var y = GuardedFloats(count: count)
        kernel(x, &y.memory, Int64(count))
        return [y]
      }
      let dx = zip(x, dy).map { $1 * Float(activation.derivative(Double($0))) }
      try activation.backward.check("\(count)", expecting: [dx], within: 1e-6) { kernel in
        var dx = GuardedFloats(dy)
        kernel(&dx.memory, x, Int64(count))
        return [dx]
      }
    }
  }

  @Test("keep a NaN, and take an infinity for a large number", arguments: SmoothActivation.all)
  func specialValues(activation: SmoothActivation) throws {
    let x: [Float] = [.nan, .infinity, -.infinity, 0]
    for (name, kernel) in try activation.forward.runnable() {
      var y: [Float] = [7, 7, 7, 7]
      kernel(x, &y, 4)
      #expect(y[0].isNaN && y[1] == .infinity && abs(y[2]) < 1e-34 && y[3] == 0, "\(name)")
    }
    for (name, kernel) in try activation.backward.runnable() {
      var dx: [Float] = [1, 1, 1, 1]
      kernel(&dx, x, 4)
      #expect(dx[0].isNaN && dx[1] == 1 && abs(dx[2]) < 1e-34 && dx[3] == 0.5, "\(name)")
    }
  }

  @Test("the error function is Glibc's within 2.2e-7, and the probability within 1.1e-7")
  func errorFunction() throws {
    for (name, kernel) in try SmoothActivation.gelu.forward.runnable() {
      var worst = 0.0
      for x in stride(from: Float(-6), through: 6, by: 0.00037) where abs(x) > 1e-3 {
        var y: Float = .nan
        kernel([x], &y, 1)
        // The product was rounded once, by half a unit of the last place.
        let rounding = Double(y.ulp) / 2 / Double(abs(x))
        let found = 2 * Double(y) / Double(x) - 1
        worst = max(worst, abs(found - erf(Double(x) / 2.0.squareRoot())) - 2 * rounding)
      }
      #expect(worst < 2.2e-7, "\(name): \(worst)")
      #expect(worst > 1e-8, "\(name): the measurement has no meaning")
    }
  }
}
