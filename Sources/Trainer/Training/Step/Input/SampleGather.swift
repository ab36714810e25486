import CKernels
import ImageData
import Parallel

/// Turns samples of a batch into rows of the network's input and their targets, distorted and mixed
/// if the run does so.
package struct SampleGather: Sendable {
  private let distorter: ImageDistorter?
  private let mixer: SampleMixer?
  /// Memory of each worker: that of the distorter, then an image to mix with.
  private let scratch: [AlignedBuffer<Float>]

  /// Allocates memory for the workers.
  ///
  /// - Parameters:
  ///   - distorter: What distorts the images; nil if they stay as they are.
  ///   - mixer: What mixes samples; nil if they are not mixed.
  ///   - workerCount: The number of workers.
  package init(_ distorter: ImageDistorter?, _ mixer: SampleMixer?, workerCount: Int) {
    self.distorter = distorter
    self.mixer = mixer
    let count = Self.scratchCount(distorter, mixer)
    scratch = (0..<workerCount).map { _ in AlignedBuffer(count: count) }
  }

  /// The floats of memory of each worker.
  ///
  /// - Parameters:
  ///   - distorter: What distorts the images.
  ///   - mixer: What mixes samples.
  /// - Returns: Their number.
  static func scratchCount(_ distorter: ImageDistorter?, _ mixer: SampleMixer?) -> Int {
    paddedCount(distorter?.scratchCount ?? 0) + (mixer?.size.valueCount ?? 0)
  }

  /// Writes rows of the network's input and their targets; allocates no memory.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - samples: The sample's index in the data set for each row, from row 0 on.
  ///   - batch: The batch that they are of.
  ///   - worker: The calling worker.
  ///   - input: The input, (rows from 0 on, values of an image): written from 0 to 1.
  ///   - targets: The targets, of rows from 0 on, for mixed samples if there are any.
  package func gather(
    _ rows: Range<Int>, samples: UnsafePointer<UInt32>, of batch: Batch, worker: Int,
    input: UnsafeMutablePointer<Float>, targets: RowTargets
  ) {
    let (labels, pixels) = (batch.source.labels, batch.source.pixelCount)
    images(
      samples + rows.lowerBound, rowCount: rows.count, of: batch, worker: worker,
      output: input + rows.lowerBound * pixels)
    guard let mixer else {
      for row in rows { targets.set(row, label: labels[Int(samples[row])]) }
      return
    }
    let other = scratch[worker].pointer + paddedCount(distorter?.scratchCount ?? 0)
    for row in rows {
      let sample = samples[row]
      let label = labels[Int(sample)]
      guard let mixture = mixer.mixture(of: sample, epoch: batch.epoch) else {
        targets.set(row, label: label, other: label, share: 0)
        continue
      }
      withUnsafePointer(to: mixture.partner) {
        images($0, rowCount: 1, of: batch, worker: worker, output: other)
      }
      mixture.mix(input + row * pixels, with: other, size: mixer.size)
      targets.set(
        row, label: label, other: labels[Int(mixture.partner)], share: mixture.partnerShare)
    }
  }

  /// Writes images of samples, distorted but not mixed.
  private func images(
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
