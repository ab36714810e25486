@testable import ImageData

/// Every transform, with ranges that fit small images.
let augmentationOfEverything: Augmentation = {
  var augmentation = Augmentation()
  augmentation.rotation = 20
  augmentation.scaling = 0.2
  augmentation.shift = 1
  augmentation.shear = 10
  augmentation.elastic = .init(alpha: 9, sigma: 2)
  augmentation.erasing = 0.5
  augmentation.flips = true
  return augmentation
}()
