import CKernels

/// The function that a ``Pool`` computes of each window, for each channel.
package protocol PoolFunction: Sendable {
  /// The word in a description, such as `avgpool`.
  static var keyword: String { get }
  /// The matrices that the gradient is computed from, besides the output's gradient.
  static var backwardReads: BackwardReads { get }
  /// The formula of the function for windows.
  ///
  /// - Parameter windows: The windows over an image.
  /// - Returns: The formula.
  static func formula(of windows: PoolWindows) -> LayerFormula

  /// Computes outputs.
  ///
  /// - Parameters:
  ///   - windows: The image and the windows over it.
  ///   - rows: The number of samples.
  ///   - x: The images (rows, image).
  ///   - y: The windows' values (rows, windows down, across, channels), overwritten.
  static func apply(
    _ windows: UnsafePointer<pool>, rows: Int, _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>)
  /// Computes the images' gradients.
  ///
  /// - Parameters:
  ///   - windows: The image and the windows over it.
  ///   - rows: The number of samples.
  ///   - dy: The gradients of the windows' values.
  ///   - x: The images, valid if ``backwardReads`` has them.
  ///   - dx: The gradients of the images, overwritten.
  static func backward(
    _ windows: UnsafePointer<pool>, rows: Int, _ dy: UnsafePointer<Float>,
    x: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>)
}
