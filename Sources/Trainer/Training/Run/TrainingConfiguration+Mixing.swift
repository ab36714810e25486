import ImageData

extension TrainingConfiguration {
  /// Whether training samples are distorted or mixed.
  package var changesSamples: Bool {
    augmentation?.isNone == false || mixup != nil || cutmix != nil
  }

  /// The mixer of the training samples.
  ///
  /// - Parameters:
  ///   - size: The images' size.
  ///   - partners: The indices of the samples that others are mixed with: all that are trained on.
  /// - Returns: The mixer; nil if samples are not mixed.
  package func mixer(for size: ImageSize, partners: [UInt32]) -> SampleMixer? {
    guard mixup != nil || cutmix != nil else { return nil }
    return SampleMixer(mixup: mixup, cutmix: cutmix, partners: partners, size: size, seed: seed)
  }
}
