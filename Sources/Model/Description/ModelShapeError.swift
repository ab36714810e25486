/// A layer cannot take the shape before it.
package struct ModelShapeError: Error, Equatable, CustomStringConvertible {
  /// The layer, what it was given and what it takes.
  package var description: String { text + (giver.map { " from \($0)" } ?? "") }

  private let text: String
  private let endsWithShape: Bool
  private var giver: String?

  /// Creates an error.
  ///
  /// - Parameter description: The layer, what it was given and what it takes.
  package init(_ description: String) {
    text = description
    endsWithShape = false
  }

  /// Creates an error about a layer's input, which also names the layer that gives it.
  ///
  /// - Parameters:
  ///   - layer: The layer's text.
  ///   - taken: What it takes, such as `an image`.
  ///   - input: What it was given.
  package init(_ layer: String, takes taken: String, found input: Shape) {
    text = "`\(layer.prefix(80))` takes \(taken), found \(input)"
    endsWithShape = true
  }

  /// The error with what gives the input, if that is not known yet.
  ///
  /// - Parameter giver: The layer, or the network's input.
  /// - Returns: The error with it.
  func given(by giver: String) -> ModelShapeError {
    var result = self
    if endsWithShape, self.giver == nil { result.giver = giver }
    return result
  }
}
