import Files
import ImageData
import Model

extension TrainingConfiguration {
  /// The distorter of the training images.
  ///
  /// - Parameter size: The images' size.
  /// - Returns: The distorter; nil if images stay as they are.
  /// - Throws: ``TrainerError`` if the augmentation does not fit the images.
  package func distorter(for size: ImageSize) throws -> ImageDistorter? {
    guard let augmentation, !augmentation.isNone else { return nil }
    if let problem = augmentation.problem(for: size) {
      throw TrainerError(.usage, "\(setting: "augment") \(problem)")
    }
    return ImageDistorter(augmentation, size: size, seed: seed)
  }
}

extension Augmentation: TextSettingValue {}

extension SettingRange where Value == Augmentation {
  /// Transforms whose numbers are within their limits.
  static var allowed: Self { Self(Augmentation.limits) { $0.isAllowed } }
}
