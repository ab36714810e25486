import ArgumentParser
import Training

/// How training samples are mixed with others.
struct MixingOptions: ParsableArguments {
  @Option(
    \.mixup,
    "Blend each training image and its label with another by a share from Beta(A, A), anew in each epoch",
    value: "a")
  var mixup: Double?

  @Option(
    \.cutmix,
    "Paste a rectangle of another image into each training image, its area by a share from Beta(A, A)",
    value: "a", note: "With --mixup, each image takes one of the two.")
  var cutmix: Double?

  /// Puts the options that are given into a configuration.
  ///
  /// - Parameter configuration: The configuration to change.
  func apply(to configuration: inout TrainingConfiguration) {
    if let mixup { configuration.mixup = mixup }
    if let cutmix { configuration.cutmix = cutmix }
  }
}
