/// An update rule with its settings.
///
/// It contains no state; the caller holds the state of each parameter.
public enum Optimizer: Sendable, Equatable {
  /// Stochastic gradient descent.
  case sgd(SGD)
  /// Gradient descent with momentum, or with Nesterov's momentum.
  case momentum(Momentum)
  /// AdaGrad.
  case adagrad(AdaGrad)
  /// RMSProp.
  case rmsprop(RMSProp)
  /// Adam, or AdamW with decoupled weight decay.
  case adam(Adam)

  /// Creates a rule with its default settings.
  ///
  /// - Parameter kind: The rule.
  public init(_ kind: OptimizerKind) {
    self =
      switch kind {
      case .sgd: .sgd(SGD())
      case .momentum: .momentum(Momentum())
      case .nesterov: .momentum(Momentum(isNesterov: true))
      case .adagrad: .adagrad(AdaGrad())
      case .rmsprop: .rmsprop(RMSProp())
      case .adam: .adam(Adam())
      case .adamw: .adam(Adam(decouplesDecay: true))
      }
  }

  /// The kind of the rule.
  public var kind: OptimizerKind { rule.kind }

  private var rule: any UpdateRule {
    switch self {
    case .sgd(let rule): rule
    case .momentum(let rule): rule
    case .adagrad(let rule): rule
    case .rmsprop(let rule): rule
    case .adam(let rule): rule
    }
  }

  /// Changes the rule, independent of its type.
  private mutating func change<Result>(_ body: (inout any UpdateRule) -> Result) -> Result {
    var rule = rule
    let result = body(&rule)
    self = rule.optimizer
    return result
  }

  /// The learning rate.
  public var learningRate: Double {
    // Does not use `rule`, whose existential box would be allocated: steps must not allocate
    // memory.
    get {
      switch self {
      case .sgd(let rule): rule.learningRate
      case .momentum(let rule): rule.learningRate
      case .adagrad(let rule): rule.learningRate
      case .rmsprop(let rule): rule.learningRate
      case .adam(let rule): rule.learningRate
      }
    }
    set { change { $0.learningRate = newValue } }
  }

  /// The weight decay of weight matrices.
  public var weightDecay: Double {
    get { rule.weightDecay }
    set { change { $0.weightDecay = newValue } }
  }

  /// The rule's settings with their values.
  package var settings: [DeclaredValue] { rule.values }

  /// Changes a setting.
  ///
  /// - Parameters:
  ///   - name: The setting's name.
  ///   - value: The new value, which is not checked.
  /// - Returns: Whether the rule has the setting; otherwise nothing changes.
  package mutating func set(_ name: String, to value: Double) -> Bool {
    change { $0.set(name, to: value) }
  }

  /// The names of the states of each parameter, in order; each state is one float per parameter.
  package var stateNames: [String] { type(of: rule).stateNames }

  /// The coefficients of one step.
  ///
  /// - Parameters:
  ///   - number: The step's number, from 1.
  ///   - gradientScale: The factor for summed gradients: 1 / rows of the batch, or less for
  ///     clipping.
  ///   - learningRate: The learning rate of the step; nil for ``learningRate``.
  /// - Returns: The update of the step.
  package func step(
    number: Int, gradientScale: Float, learningRate: Double? = nil
  ) -> OptimizerStep {
    let rate = learningRate ?? self.learningRate
    let update: OptimizerUpdate =
      switch self {
      case .sgd(let rule): .sgd(rule.update(number: number, learningRate: rate))
      case .momentum(let rule): .momentum(rule.update(number: number, learningRate: rate))
      case .adagrad(let rule): .adagrad(rule.update(number: number, learningRate: rate))
      case .rmsprop(let rule): .rmsprop(rule.update(number: number, learningRate: rate))
      case .adam(let rule): .adam(rule.update(number: number, learningRate: rate))
      }
    return OptimizerStep(scale: gradientScale, update: update)
  }
}

/// The coefficients of one step of any rule.
///
/// An enum, because an existential box would be allocated: steps must not allocate memory.
enum OptimizerUpdate: Sendable {
  case sgd(SGD.Update)
  case momentum(Momentum.Update)
  case adagrad(AdaGrad.Update)
  case rmsprop(RMSProp.Update)
  case adam(Adam.Update)

  /// Updates a range of parameters.
  ///
  /// - Parameter slice: The parameters, their gradients and states.
  @inline(__always)
  func apply(to slice: ParameterSlice) {
    switch self {
    case .sgd(let update): update.apply(to: slice)
    case .momentum(let update): update.apply(to: slice)
    case .adagrad(let update): update.apply(to: slice)
    case .rmsprop(let update): update.apply(to: slice)
    case .adam(let update): update.apply(to: slice)
    }
  }
}

/// The kinds of update rules, by name.
public enum OptimizerKind: String, Sendable, CaseIterable, Codable {
  /// ``SGD``.
  case sgd
  /// ``Momentum``.
  case momentum
  /// ``Momentum`` with look-ahead.
  case nesterov
  /// ``AdaGrad``.
  case adagrad
  /// ``RMSProp``.
  case rmsprop
  /// ``Adam``.
  case adam
  /// ``Adam`` with decoupled weight decay.
  case adamw

  /// The names of the states of each parameter, in order; each state is one float per parameter.
  package var stateNames: [String] { Optimizer(self).stateNames }

  /// The number of states of each parameter, each one float.
  package var stateCount: Int { stateNames.count }
}
