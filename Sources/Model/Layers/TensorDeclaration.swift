/// A tensor that a layer needs: its name, shape and initial values.
package struct TensorDeclaration: Sendable, Equatable {
  /// The name within the layer, such as `weight`.
  package let name: String
  /// The extents, outermost first.
  package let shape: [Int]
  /// The values before training.
  package let initializer: Initializer
  /// Whether weight decay applies.
  package let decays: Bool
  /// The panels in which a matrix is stored; nil for row-major.
  package let panels: Panels?

  /// Creates a declaration.
  ///
  /// - Parameters:
  ///   - name: The name within the layer.
  ///   - shape: The extents, outermost first.
  ///   - initializer: The values before training.
  ///   - decays: Whether weight decay applies.
  ///   - panels: How a matrix is stored; nil for row-major.
  package init(
    _ name: String, shape: [Int], initializer: Initializer, decays: Bool = false,
    panels: Panels? = nil
  ) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
    self.decays = decays
    self.panels = panels
  }

  /// The number of values.
  package var count: Int { shape.reduce(1, *) }
}
