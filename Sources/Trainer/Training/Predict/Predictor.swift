import Files
import ImageData
import Model
import Parallel

/// Predicts the classes of images with saved models on a team of workers.
///
/// A prediction depends only on the image and the models, not on the number of workers. With the
/// native engine, the bits of a row of a product depend on that row alone. With OpenBLAS, the last
/// bits also depend on the number of rows. So images are processed in shards of a fixed size, and
/// with OpenBLAS the last shard is filled up with black images. One exception: with OpenBLAS's
/// kernels for Haswell and Zen, the order of additions depends on the image's position in its
/// shard, and so do the last bits.
package final class Predictor: Sendable {
  /// The models.
  private let ensemble: Ensemble
  /// The first model's file, for messages.
  package var modelPath: String { ensemble.paths[0] }
  /// The number of values of an input image.
  package var valueCount: Int { ensemble.valueCount }
  /// The size of an input image; nil if it is not known.
  package var imageSize: ImageSize? { ensemble.imageSize }
  /// The number of classes.
  package var classCount: Int { ensemble.classCount }
  /// The maximum number of images per call of ``predict(count:)``.
  package let capacity: Int
  /// The values of the images to predict, (capacity, valueCount).
  package let pixels: AlignedBuffer<UInt8>

  /// The ensemble's probabilities (capacity, classCount).
  private let probabilities: AlignedBuffer<Double>
  /// The predictions of the ensemble and then of each model, (capacity, 1 + models).
  private let classes: AlignedBuffer<UInt8>
  /// For each worker, what computing a shard's probabilities needs.
  private let scratch: AlignedBuffer<Double>
  private let order: AlignedBuffer<UInt32>
  /// Whether the last bits of a prediction depend on the number of images that are computed with
  /// it.
  private let fillsShards: Bool
  private let claims = ClaimCounter()

  /// The number of images that a worker takes at a time.
  package static let shardSize = LeafPlan.blockRows
  /// The number of shards per worker in a full batch, so that faster workers can take more.
  private static let shardsPerWorker = 4
  private static let valueLimit = 64 << 20

  /// Takes memory for images and predictions.
  ///
  /// - Parameter ensemble: The models.
  package init(_ ensemble: Ensemble) {
    self.ensemble = ensemble
    let (threads, classCount) = (ensemble.team.count, ensemble.classCount)
    let shards = min(
      threads * Self.shardsPerWorker, Self.valueLimit / (Self.shardSize * ensemble.valueCount))
    capacity = max(shards, 1) * Self.shardSize
    pixels = AlignedBuffer(count: capacity * ensemble.valueCount)
    probabilities = AlignedBuffer(count: capacity * classCount)
    classes = AlignedBuffer(count: capacity * (1 + ensemble.runners.count))
    scratch = AlignedBuffer(count: threads * ensemble.scratchCount(rows: Self.shardSize))
    order = AlignedBuffer(count: Self.shardSize)
    EpochOrder.fillSequential(order.elements)
    fillsShards = ensemble.runners.contains { $0.state.network.unitLeaves > 1 }
  }

  /// Predicts the first images in ``pixels``.
  ///
  /// - Parameter count: The number of images, in `1...capacity`; otherwise the program stops.
  /// - Throws: ``TrainerError`` if a probability is not finite.
  package func predict(count: Int) throws {
    precondition((1...capacity).contains(count), "1 to \(capacity) images")
    let shards = LeafPlan(rowCount: count).blockCount
    let computed = fillsShards ? shards * Self.shardSize : count
    (pixels.pointer + count * valueCount)
      .update(repeating: 0, count: (computed - count) * valueCount)
    claims.reset()
    ensemble.team.run { [self] worker in
      while let shard = claims.claim(below: shards) {
        let first = shard * Self.shardSize
        predict(first..<min(first + Self.shardSize, computed), worker: worker)
      }
    }
    for index in 0..<count where !probabilities.pointer[index * classCount].isFinite {
      throw TrainerError(
        .badData,
        "\(modelPath): found probabilities that are not finite, expected weights that give finite "
          + "probabilities")
    }
  }

  private func predict(_ rows: Range<Int>, worker: Int) {
    let first = rows.lowerBound
    let answers = 1 + ensemble.runners.count
    ensemble.probabilities(
      of: order.pointer, rows: rows.count, in: pixels.pointer + first * valueCount,
      worker: worker, mean: probabilities.pointer + first * classCount,
      scratch: scratch.pointer + worker * ensemble.scratchCount(rows: Self.shardSize)
    ) { answer, values in
      for row in 0..<rows.count {
        classes.pointer[(first + row) * answers + answer] = Ensemble.mostProbable(
          values + row * classCount, classCount: classCount)
      }
    }
  }

  /// The prediction of the last ``predict(count:)`` for an image.
  ///
  /// - Parameter index: The image's index in ``pixels``, less than the count.
  /// - Returns: The first class with the largest probability, the probability of each class,
  ///   (classCount), and the class that each model predicts.
  package func prediction(
    of index: Int
  ) -> (classIndex: Int, probabilities: [Float], votes: [Int]) {
    let first = probabilities.pointer + index * classCount
    let answers = (0...ensemble.runners.count).map {
      Int(classes.pointer[index * (1 + ensemble.runners.count) + $0])
    }
    return (
      answers[0], UnsafeBufferPointer(start: first, count: classCount).map { Float($0) },
      Array(answers.dropFirst())
    )
  }
}
