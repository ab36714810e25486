/// A function that an ``Activation`` applies to each value by itself.
package protocol ActivationFunction: Sendable {
  /// The word in a description, such as `relu`.
  static var keyword: String { get }
  /// The matrices that the gradient is computed from, besides the output's gradient.
  static var backwardReads: BackwardReads { get }
  /// The function as a formula; nil if none describes it, so that networks with it cannot be
  /// exported.
  static var formula: LayerFormula? { get }

  /// Computes outputs.
  ///
  /// - Parameters:
  ///   - x: The inputs (count).
  ///   - y: The outputs (count), overwritten.
  ///   - count: How many there are.
  static func apply(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int)
  /// Turns the outputs' gradients into those of the inputs.
  ///
  /// - Parameters:
  ///   - gradient: dy (count), replaced by dx.
  ///   - x: The inputs (count), valid if ``backwardReads`` has them.
  ///   - y: The outputs (count), valid if ``backwardReads`` has them.
  ///   - count: How many there are.
  static func backward(
    _ gradient: UnsafeMutablePointer<Float>, x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    count: Int)
}
