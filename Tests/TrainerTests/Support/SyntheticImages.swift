@testable import ImageData
@testable import Parallel
@testable import Training

/// Images made from random numbers, whose bright pixels tell their class.
struct SyntheticImages {
  let images: ImageSet
  let classCount: Int

  /// Takes images as they are.
  init(images: ImageSet, classCount: Int) {
    self.images = images
    self.classCount = classCount
  }

  /// Makes images; the same arguments give the same bytes.
  init(count: Int, side: Int, classCount: Int = 5, seed: UInt64 = 1) throws {
    var stream = RandomStream(seed: seed, purpose: .initialization, layer: 999)
    var pixels: [UInt8] = []
    var labels: [UInt8] = []
    for _ in 0..<count {
      let label = Int(stream.next(below: UInt32(classCount)))
      labels.append(UInt8(label))
      pixels += (0..<side * side).map { pixel in
        let noise = UInt8(stream.next(below: 128))
        return pixel % classCount == label ? noise + 100 : noise
      }
    }
    images = ImageSet(
      rows: side, columns: side, pixels: try ByteStorage(pixels), labels: try ByteStorage(labels))
    self.classCount = classCount
  }

  var source: SampleSource { SampleSource(images) }

  /// A data set with a test set of its own.
  static func dataset(trainingCount: Int, testCount: Int, side: Int = 6) throws -> Dataset {
    let training = try SyntheticImages(count: trainingCount, side: side)
    let test = try SyntheticImages(count: testCount, side: side, seed: 2)
    return Dataset(
      name: "synthetic", directory: "none", training: training.images, test: test.images,
      classCount: training.classCount)
  }
}
