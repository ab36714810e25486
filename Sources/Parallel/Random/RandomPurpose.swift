/// The purpose of a random number.
///
/// Each purpose has its own numbers for a seed.
package enum RandomPurpose: UInt32, Sendable {
  /// Dropout masks: one number per unit and sample.
  case dropout = 1
  /// The order of the samples in an epoch.
  case shuffle = 2
  /// Initial weights.
  case initialization = 3
  /// The choice of the training samples that are held out.
  case validation = 4
  /// The order of measurements in an experiment.
  case measurement = 5
  /// Bootstrap resampling of measurements.
  case bootstrap = 6
  /// The distortion of a training image, and its mixture with another: the transform's number in
  /// place of the layer's.
  case augmentation = 7
  /// Random divisions of runs into groups, to compare groups of runs.
  case permutation = 8
  /// The choice of imported images that become the test set.
  case testSet = 9
  /// Noise that is added to values: one number per value and sample.
  case noise = 10
}
