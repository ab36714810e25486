import Files
import ImageData
import Model
import Parallel

/// The weights of the samples of each class in training.
///
/// A sample's loss and gradient are multiplied by the weight of its label, and the mean over the
/// batch still divides by the number of rows (Keras' `class_weight`). The text is `balanced`, or
/// one number for each class with commas between them.
public enum ClassWeights: Sendable, Equatable {
  /// The number of samples trained on, divided by the number of classes and by that of the class's
  /// samples (King and Zeng 2001; scikit-learn's `balanced`): all classes count the same together,
  /// and the mean weight of the samples is 1.
  case balanced
  /// The weights of the classes, in their order.
  case given([Double])

  private static let balancedName = "balanced"
  /// The allowed values in words.
  fileprivate static let limits = "\(balancedName), or a number from 0 to 1000000 for each class"
  fileprivate static let numbers = 0...1e6

  /// Parses a text.
  ///
  /// - Parameter text: The text.
  /// - Throws: `SyntaxError` with the place, what was found and what was expected.
  public init(_ text: String) throws(SyntaxError) {
    if text.lowercased() == Self.balancedName {
      self = .balanced
      return
    }
    var weights: [Double] = []
    var position = 1
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let indent = part.prefix { $0.isWhitespace }.count
      let word = part.dropFirst(indent).prefix { !$0.isWhitespace }
      let rest = part.dropFirst(indent + word.count)
      guard rest.allSatisfy(\.isWhitespace), let weight = Double(word),
        Self.numbers.contains(weight)
      else {
        throw SyntaxError(
          text: text, position: position + indent, length: max(word.count, 1),
          found: word.isEmpty ? "no number" : "`\(word.prefix(80))`", expected: Self.limits)
      }
      weights.append(weight)
      position += part.count + 1
    }
    self = .given(weights)
  }

  /// The weight of each class.
  ///
  /// - Parameters:
  ///   - labels: The labels of all training samples.
  ///   - samples: The indices of those that are trained on.
  ///   - classCount: The number of classes.
  /// - Returns: The weights (classes); 0 for a class without samples, if they are balanced.
  /// - Throws: ``TrainerError`` unless the given weights are as many as the classes, and one is
  ///   above 0.
  package func values(
    labels: ByteStorage, samples: [UInt32], classCount: Int
  ) throws(TrainerError) -> [Float] {
    switch self {
    case .balanced:
      var counts = [Int](repeating: 0, count: classCount)
      for sample in samples { counts[Int(labels[Int(sample)])] += 1 }
      return counts.map {
        $0 == 0 ? 0 : Float(Double(samples.count) / (Double(classCount) * Double($0)))
      }
    case .given(let weights):
      guard weights.count == classCount else {
        throw TrainerError(
          .usage,
          "\(setting: "class-weights") is \(self): \(counted(weights.count, "weight")), but the "
            + "data have \(counted(classCount, "class")); it must be one weight for each")
      }
      guard weights.contains(where: { $0 > 0 }) else {
        throw TrainerError(
          .usage, "\(setting: "class-weights") is \(self); one weight must be above 0")
      }
      return weights.map { Float($0) }
    }
  }
}

extension ClassWeights: CustomStringConvertible {
  /// The text.
  public var description: String {
    switch self {
    case .balanced: Self.balancedName
    case .given(let weights):
      weights.map { Int(exactly: $0).map(String.init) ?? "\($0)" }.joined(separator: ", ")
    }
  }
}

extension ClassWeights: TextSettingValue {}

extension SettingRange where Value == ClassWeights {
  /// Weights from 0 to a million.
  static var allowed: Self {
    Self(ClassWeights.limits) { weights in
      switch weights {
      case .balanced: true
      case .given(let numbers): numbers.allSatisfy(ClassWeights.numbers.contains)
      }
    }
  }
}
