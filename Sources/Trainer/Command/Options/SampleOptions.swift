import ArgumentParser
import Files
import ImageData
import Training

/// The options that change training samples: distorted images, and samples mixed with others.
struct SampleOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Distort training images anew in each epoch, within ranges, such as \"rotate 15, scale 0.15, "
        + "shift 2, shear 10, elastic 34/4, erase 0.25, flip\" (default: none).",
      valueName: "text"))
  var augment: String?

  @Option(
    \.mixup,
    "Blend each training image and its label with another by a share from Beta(A, A), anew in each "
      + "epoch",
    value: "a")
  var mixup: Double?

  @Option(
    \.cutmix,
    "Paste a rectangle of another image into each training image, its area by a share from "
      + "Beta(A, A)",
    value: "a", note: "With --mixup, each image takes one of the two.")
  var cutmix: Double?

  /// Puts the options that are given into a configuration.
  ///
  /// - Parameter configuration: The configuration to change.
  /// - Throws: `TrainerError` that names the option.
  func apply(to configuration: inout TrainingConfiguration) throws {
    configuration.augmentation = try augment.flatMap { try Self.parse($0, option: "augment") }
    if let mixup { configuration.mixup = mixup }
    if let cutmix { configuration.cutmix = cutmix }
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
