import Model

/// A convolution in PyTorch, which pads all edges alike.
struct PyTorchConvolution {
  /// The call that makes the module.
  let module: String
  /// The zeros at the left, right, upper and lower edge that the module does not add itself.
  private let padding: [Int]

  /// Writes a convolution.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - rows: How the kernel lies along the rows.
  ///   - columns: How the kernel lies along the columns.
  ///   - groups: The number of groups.
  init(_ step: InferenceStep, rows: KernelAxis, columns: KernelAxis, groups: Int) {
    let isEven = [rows, columns].allSatisfy { axis in
      let padded = axis.inputCount + 2 * axis.before
      return (padded - axis.size) / axis.step + 1 == axis.outputCount
        && padded >= axis.paddedCount
    }
    padding = isEven ? [] : [columns.before, columns.after, rows.before, rows.after]
    let channels = [step.inputShape, step.outputShape].map { "\($0.extents[2])" }
    var arguments = channels + ["\(rows.size)"]
    if rows.step != 1 { arguments.append("stride=\(rows.step)") }
    if isEven, rows.before > 0 { arguments.append("padding=\(rows.before)") }
    if groups != 1 { arguments.append("groups=\(groups)") }
    if step.tensors["bias"] == nil { arguments.append("bias=False") }
    module = "nn.Conv2d(\(arguments.joined(separator: ", ")))"
  }

  /// The input of the module.
  ///
  /// - Parameter images: The images.
  /// - Returns: The images, with zeros around them if the module does not add them.
  func padded(_ images: String) -> String {
    padding.isEmpty
      ? images : "F.pad(\(images), (\(padding.map(String.init).joined(separator: ", "))))"
  }
}
