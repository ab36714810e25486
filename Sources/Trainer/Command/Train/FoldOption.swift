import ArgumentParser
import Files
import ImageData
import Training

/// Which part of cross-validation is held out.
struct FoldOption: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Hold out part k of K for cross-validation, in place of --validation; the seed chooses the parts "
        + "(default: none).",
      valueName: "k/K"))
  var fold: String?

  /// The fold.
  ///
  /// - Returns: The part; nil for none.
  /// - Throws: `TrainerError` that names the option.
  func parsed() throws -> Fold? {
    guard let fold else { return nil }
    do {
      return try Fold(fold)
    } catch {
      throw TrainerError(.usage, "--fold is not a part of cross-validation:\n\(error.marked)")
    }
  }
}
