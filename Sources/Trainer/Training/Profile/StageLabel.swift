import Model

/// The activity of a worker between two readings of the clock.
struct StageLabel: Sendable, Equatable {
  /// The index of the label, which a profile stores.
  let rawValue: Int32

  private static let general: [(name: String, kind: StageKind)] = [
    ("gather", .gather), ("loss", .forward), ("wait", .wait), ("between steps", .other),
    ("accumulate", .other), ("gradient norm", .other), ("limit weight norms", .other),
    ("moving average", .other), ("exchange with ranks", .exchange),
    ("update own parameters", .update), ("transform parameters", .other),
  ]
  private static let byLayer: [(name: String, kind: StageKind)] = [
    ("forward", .forward), ("finish forward", .forward), ("backward", .backward),
    ("finish backward", .backward), ("merge forward", .merge), ("merge backward", .merge),
    ("weight gradients and update", .update), ("add gradients", .backward),
  ]

  static let wait = StageLabel(rawValue: 2)
  static let betweenSteps = StageLabel(rawValue: 3)
  static let accumulate = StageLabel(rawValue: 4)
  static let gradientNorm = StageLabel(rawValue: 5)
  static let limitWeightNorms = StageLabel(rawValue: 6)
  static let movingAverage = StageLabel(rawValue: 7)
  static let exchange = StageLabel(rawValue: 8)
  static let updateOwned = StageLabel(rawValue: 9)
  static let transformParameters = StageLabel(rawValue: 10)

  private init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  private init(kind: Int, layer: Int) {
    rawValue = Int32(Self.general.count + layer * Self.byLayer.count + kind)
  }

  init(_ operation: StageProgram.Operation) {
    switch operation {
    case .gather: self.init(rawValue: 0)
    case .loss: self.init(rawValue: 1)
    case .forward(let layer): self.init(kind: 0, layer: layer)
    case .finishForward(let layer): self.init(kind: 1, layer: layer)
    case .backward(let layer): self.init(kind: 2, layer: layer)
    case .finishBackward(let layer): self.init(kind: 3, layer: layer)
    case .addGradients(let layer): self.init(kind: 7, layer: layer)
    }
  }

  init(_ merge: StageProgram.Merge) {
    switch merge {
    case .forward(let layer): self.init(kind: 4, layer: layer)
    case .backward(let layer): self.init(kind: 5, layer: layer)
    }
  }

  static func update(layer: Int) -> StageLabel {
    StageLabel(kind: 6, layer: layer)
  }

  /// The titles of all labels for a network, indexed by raw value.
  static func names(_ network: Network) -> [String] {
    general.map(\.name)
      + network.layers.flatMap { layer in byLayer.map { "\($0.name) \(layer.name)" } }
  }

  /// The kinds of all labels for a network, indexed by raw value.
  static func kinds(_ network: Network) -> [StageKind] {
    general.map(\.kind) + network.layers.flatMap { _ in byLayer.map(\.kind) }
  }
}
