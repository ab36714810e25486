/// A description of hidden layers that are all alike: short for a model of them.
public struct Perceptron: Sendable, Equatable {
  /// The most hidden layers: far more than any perceptron has, and few enough to be built at once.
  package static let maximumLayers = 1000

  /// The units of each hidden layer, from the input on.
  public var hidden: [Int]
  /// Whether each hidden layer is normalized over the batch.
  public var batchNorm: Bool
  /// The probability to drop a hidden unit; 0 for no dropout.
  public var dropout: Double

  /// Creates a perceptron.
  ///
  /// - Parameters:
  ///   - hidden: The units of each hidden layer.
  ///   - batchNorm: Whether hidden layers are normalized.
  ///   - dropout: The probability to drop a hidden unit.
  public init(hidden: [Int] = [512, 256], batchNorm: Bool = true, dropout: Double = 0.2) {
    self.hidden = hidden
    self.batchNorm = batchNorm
    self.dropout = dropout
  }

  /// The description, such as `dense 512 bn relu dropout 0.2`; a value outside its limits is a
  /// programmer's error.
  ///
  /// Limits: at most 1,000 layers of 1 to 65,536 units; dropout is at least 0 and less than 1.
  public var model: ModelDescription {
    precondition(violation == nil, "the settings are within their limits")
    return ModelDescription(
      hidden.map { units in
        ModelItem(
          [DenseKind(units: units)] + (batchNorm ? [BatchNormKind()] : []) + [ReLUKind()]
            + (dropout > 0 ? [DropoutKind(rate: dropout)] : []))
      })
  }

  /// A setting outside its limits, in words.
  package struct Violation: Sendable, Equatable {
    /// The setting's name, `hidden` or `dropout`.
    package let setting: String
    /// What was found.
    package let found: String
    /// What is allowed.
    package let expected: String
  }

  /// The first setting outside its limits; nil if ``model`` can be built.
  package var violation: Violation? {
    let units = DenseKind.allowedUnits
    if hidden.count > Self.maximumLayers {
      return Violation(
        setting: "hidden", found: "\(hidden.count) layers",
        expected: "at most \(Self.maximumLayers) layers")
    }
    if !hidden.allSatisfy(units.contains) {
      return Violation(
        setting: "hidden", found: "\(hidden)",
        expected: "widths from \(units.lowerBound) to \(units.upperBound), separated by commas")
    }
    if !(0..<1).contains(dropout) {
      return Violation(
        setting: "dropout", found: "\(dropout)", expected: "at least 0 and less than 1")
    }
    return nil
  }

  /// The perceptron that a model describes; nil if its layers are not alike.
  ///
  /// Without layers, batch norm and dropout are the defaults.
  ///
  /// - Parameter model: The description.
  package init?(_ model: ModelDescription) {
    self.init(hidden: model.items.compactMap { ($0.kinds.first as? DenseKind)?.units })
    if let kinds = model.items.first?.kinds {
      batchNorm = kinds.contains { $0 is BatchNormKind }
      dropout = kinds.lazy.compactMap { ($0 as? DropoutKind)?.rate }.first ?? 0
    }
    guard hidden.count == model.items.count, hidden.count <= Self.maximumLayers, self.model == model
    else { return nil }
  }
}
