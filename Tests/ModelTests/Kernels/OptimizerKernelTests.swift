import CKernels
import Testing

@Suite("The kernels of the optimizers")
struct OptimizerKernelTests {
  /// Parameters, gradients and two states to start from; what is squared in a state is positive.
  struct Start {
    let count: Int
    let w: [Float]
    let gradient: [Float]
    let velocity: [Float]
    let squares: [Float]
  }

  static let starts: [Start] = {
    var random = RandomValues(1)
    return KernelSizes.counts.map { count in
      Start(
        count: count, w: random.normal(count), gradient: random.normal(count),
        velocity: random.normal(count), squares: random.uniform(count, in: 0...2))
    } + [vanishing]
  }()

  /// Weights without a gradient, which shrink with their states to the smallest weight or normal
  /// number, and below it.
  private static let vanishing: Start = {
    var squares: [Float] = [0, .leastNonzeroMagnitude, 1, .infinity, .nan]
    for least in [leastWeight, .leastNormalMagnitude] {
      squares += [least / 2, least.nextDown, least, least.nextUp, 1.2 * least, 2 * least]
    }
    let zeros = [Float](repeating: 0, count: 3 * squares.count)
    return Start(
      count: zeros.count, w: zeros.prefix(2 * squares.count) + squares, gradient: zeros,
      velocity: squares + squares.map { -$0 } + zeros.prefix(squares.count),
      squares: squares + squares.reversed() + zeros.prefix(squares.count))
  }()

  private static let leastWeight = Float(sign: .plus, exponent: -100, significand: 1)

  /// A new weight: 0 if it is below the smallest one.
  private static func weight(_ value: Float) -> Float {
    value.magnitude < leastWeight ? 0 : value
  }

  /// A new value of the state: 0 if it is too small for a normal number.
  private static func normal(_ value: Float) -> Float {
    value.magnitude < .leastNormalMagnitude ? 0 : value
  }

  static let scale: Float = 0.125
  static let rate: Float = 0.03
  static let decay: Float = 0.01
  static let epsilon: Float = 1e-8

  /// The gradient with the decay in it.
  static func decayed(_ start: Start, _ i: Int) -> Float {
    start.gradient[i] * scale + decay * start.w[i]
  }

  /// A rule with one state, and one number beside those that all rules have.
  typealias OneState =
    @Sendable (
      UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int64,
      Float, Float, Float, Float
    ) -> Void

  private static func check(
    _ kernel: KernelVersions<OneState>, _ start: Start, state: [Float], _ number: Float,
    expecting expected: [[Float]], location: SourceLocation = #_sourceLocation
  ) throws {
    try kernel.check("\(start.count)", expecting: expected, location: location) { kernel in
      var w = GuardedFloats(start.w)
      var state = GuardedFloats(state)
      kernel(
        &w.memory, start.gradient, &state.memory, Int64(start.count), scale, rate, decay, number)
      return [w, state]
    }
  }

  @Test("SGD follows its formula")
  func sgd() throws {
    let kernel = KernelVersions(kernel_sgd, kernel_sgd_baseline, kernel_sgd_v3, kernel_sgd_v4)
    for start in Self.starts {
      let expected = (0..<start.count).map {
        Self.weight(start.w[$0] - Self.rate * Self.decayed(start, $0))
      }
      try kernel.check("\(start.count)", expecting: [expected]) { kernel in
        var w = GuardedFloats(start.w)
        kernel(
          &w.memory, start.gradient, Int64(start.count), Self.scale, Self.rate, Self.decay)
        return [w]
      }
    }
  }

  @Test("momentum follows its formula")
  func momentum() throws {
    let kernel = KernelVersions(
      kernel_momentum, kernel_momentum_baseline, kernel_momentum_v3, kernel_momentum_v4)
    for start in Self.starts {
      let v = (0..<start.count).map {
        Self.normal(0.9 * start.velocity[$0] - Self.rate * Self.decayed(start, $0))
      }
      let w = zip(start.w, v).map { Self.weight($0 + $1) }
      try Self.check(kernel, start, state: start.velocity, 0.9, expecting: [w, v])
    }
  }

  @Test("Nesterov follows its formula")
  func nesterov() throws {
    let kernel = KernelVersions(
      kernel_nesterov, kernel_nesterov_baseline, kernel_nesterov_v3, kernel_nesterov_v4)
    for start in Self.starts {
      let steps = (0..<start.count).map { Self.rate * Self.decayed(start, $0) }
      let v = zip(start.velocity, steps).map { Self.normal(0.9 * $0 - $1) }
      let w = (0..<start.count).map {
        Self.weight(start.w[$0] + (0.9 * v[$0] - steps[$0]))
      }
      try Self.check(kernel, start, state: start.velocity, 0.9, expecting: [w, v])
    }
  }

  @Test("AdaGrad follows its formula")
  func adagrad() throws {
    let kernel = KernelVersions(
      kernel_adagrad, kernel_adagrad_baseline, kernel_adagrad_v3, kernel_adagrad_v4)
    for start in Self.starts {
      var (w, s) = (start.w, start.squares)
      for i in 0..<start.count {
        let g = Self.decayed(start, i)
        s[i] = Self.normal(s[i] + g * g)
        w[i] = Self.weight(w[i] - Self.rate * g / (s[i].squareRoot() + Self.epsilon))
      }
      try Self.check(kernel, start, state: start.squares, Self.epsilon, expecting: [w, s])
    }
  }

  @Test("RMSProp follows its formula")
  func rmsprop() throws {
    let kernel = KernelVersions(
      kernel_rmsprop, kernel_rmsprop_baseline, kernel_rmsprop_v3, kernel_rmsprop_v4)
    for start in Self.starts {
      var (w, s) = (start.w, start.squares)
      for i in 0..<start.count {
        let g = Self.decayed(start, i)
        s[i] = Self.normal(0.99 * s[i] + 0.01 * (g * g))
        w[i] = Self.weight(w[i] - Self.rate * g / (s[i].squareRoot() + Self.epsilon))
      }
      try kernel.check("\(start.count)", expecting: [w, s]) { kernel in
        var w = GuardedFloats(start.w)
        var s = GuardedFloats(start.squares)
        kernel(
          &w.memory, start.gradient, &s.memory, Int64(start.count), Self.scale, Self.rate,
          Self.decay, 0.99, 0.01, Self.epsilon)
        return [w, s]
      }
    }
  }

  @Test("Adam follows its formula, with decay in the gradient and beside it")
  func adam() throws {
    let kernel = KernelVersions(kernel_adam, kernel_adam_baseline, kernel_adam_v3, kernel_adam_v4)
    let shrink: Float = 0.999
    let root: Float = 1.5
    for start in Self.starts {
      var (w, m, v) = (start.w, start.velocity, start.squares)
      for i in 0..<start.count {
        let g = Self.decayed(start, i)
        m[i] = Self.normal(0.9 * m[i] + 0.1 * g)
        v[i] = Self.normal(0.999 * v[i] + 0.001 * (g * g))
        let change = Self.rate * m[i] / (v[i].squareRoot() * root + Self.epsilon)
        w[i] = Self.weight(w[i] * shrink - change)
      }
      try kernel.check("\(start.count)", expecting: [w, m, v]) { kernel in
        var w = GuardedFloats(start.w)
        var m = GuardedFloats(start.velocity)
        var v = GuardedFloats(start.squares)
        kernel(
          &w.memory, start.gradient, &m.memory, &v.memory, Int64(start.count),
          adam_step(
            scale: Self.scale, decay: Self.decay, shrink: shrink, beta1: 0.9, complement1: 0.1,
            beta2: 0.999, complement2: 0.001, rate1: Self.rate, root2: root,
            epsilon: Self.epsilon))
        return [w, m, v]
      }
    }
  }
}
