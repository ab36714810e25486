import CKernels
import ImageData
import Parallel

/// Turns samples of a batch into rows of the network's input, distorted if the run augments its data.
struct SampleGather: Sendable {
  private let distorter: ImageDistorter?
  /// Memory of each worker for distorting; none without a distorter.
  private let scratch: [AlignedBuffer<Float>]

  /// Allocates memory for the workers.
  ///
  /// - Parameters:
  ///   - distorter: What distorts the images; nil if they stay as they are.
  ///   - workerCount: The number of workers.
  init(_ distorter: ImageDistorter?, workerCount: Int) {
    self.distorter = distorter
    scratch =
      distorter.map { distorter in
        (0..<workerCount).map { _ in AlignedBuffer(count: distorter.scratchCount) }
      } ?? []
  }

  /// Writes rows of the network's input.
  ///
  /// - Parameters:
  ///   - samples: The sample's index in the data set for each row, (rowCount).
  ///   - rowCount: The number of rows.
  ///   - batch: The batch that they are of.
  ///   - worker: The calling worker.
  ///   - output: The rows, (rowCount, values of an image), from 0 to 1.
  func images(
    _ samples: UnsafePointer<UInt32>, rowCount: Int, of batch: Batch, worker: Int,
    output: UnsafeMutablePointer<Float>
  ) {
    let (images, pixels) = (batch.source.images, batch.source.pixelCount)
    guard let distorter else {
      kernel_gather_images(images, samples, Int64(rowCount), Int64(pixels), output)
      return
    }
    for row in 0..<rowCount {
      distorter.distort(
        images + Int(samples[row]) * pixels, sample: samples[row], epoch: batch.epoch,
        output: output + row * pixels, scratch: scratch[worker].pointer)
    }
  }
}
