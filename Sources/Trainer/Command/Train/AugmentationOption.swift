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
    try augment.flatMap { try Self.parse($0, option: "augment") }
  }

  /// Parses a list of transforms.
  ///
  /// - Parameters:
  ///   - text: The list.
  ///   - option: The option's name, for an error.
  /// - Returns: The transforms; nil for none.
  /// - Throws: `TrainerError` that names the option.
  static func parse(_ text: String, option: String) throws -> Augmentation? {
    do {
      let augmentation = try Augmentation(text)
      return augmentation.isNone ? nil : augmentation
    } catch {
      throw TrainerError(.usage, "--\(option) is not a list of transforms:\n\(error.marked)")
    }
  }
}
