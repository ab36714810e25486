/// Classes as a reader sees them: their numbers, and names where they have any.
package struct ClassTitles: Sendable, Equatable {
  /// The classes' names, class 0 first; nil if they have none but their numbers.
  package let names: [String]?

  /// Takes the names of classes.
  ///
  /// - Parameter names: The names, class 0 first; nil if they are not known.
  package init(_ names: [String]?) {
    // Names that equal the numbers would be shown twice.
    self.names = names == names?.indices.map({ "\($0)" }) ? nil : names
  }

  /// A class as its number and name.
  ///
  /// - Parameter label: The class.
  /// - Returns: For example `3 Dress`, or `3` without names.
  package func title(of label: Int) -> String {
    names.map { "\(label) \($0[label])" } ?? "\(label)"
  }

  /// A class as its name, where the number would take too much space.
  ///
  /// - Parameter label: The class.
  /// - Returns: For example `Dress`, or `3` without names.
  package func name(of label: Int) -> String { names?[label] ?? "\(label)" }
}
