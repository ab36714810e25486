import Files
import Model

extension ModelFile {
  /// Checks that the model can be trained and evaluated: all values are finite, and no running
  /// variance is negative.
  ///
  /// - Throws: ``TrainerError`` that names the first tensor with another value.
  package func requireFinite() throws {
    for tensor in file.tensors {
      guard let values = tensor.floats else { continue }
      let isVariance = tensor.name.hasSuffix(".running_var")
      let unfit = values.firstIndex { !$0.isFinite || (isVariance && $0 < 0) }
      guard let unfit else { continue }
      throw TrainerError(
        .badData,
        "\(file.path): tensor `\(tensor.name)`: found \(values[unfit]) as value \(unfit), expected "
          + "finite numbers\(isVariance ? " of at least 0" : "")")
    }
  }
}
