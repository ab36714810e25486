import ArgumentParser
import Files
import ImageData
import Training

/// How training images are distorted.
struct AugmentationOption: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Distort training images anew in each epoch, within ranges, such as \"rotate 15, scale 0.15, "
        + "shift 2, shear 10, elastic 34/4, erase 0.25, flip\" (default: none).",
      valueName: "text"))
  var augment: String?

  /// The augmentation.
  ///
  /// - Returns: The transforms; nil for none.
  /// - Throws: `TrainerError` that names the option.
  func parsed() throws -> Augmentation? {
    guard let augment else { return nil }
    do {
      let augmentation = try Augmentation(augment)
      return augmentation.isNone ? nil : augmentation
    } catch {
      throw TrainerError(.usage, "--augment is not a list of transforms:\n\(error.marked)")
    }
  }
}
