import ImageData
import Model
import Parallel

/// Predicts the classes of images with a saved model on a team of workers.
///
/// The last bits of a matrix product depend on its shape. So images are processed in shards of a
/// fixed size, and the last shard is filled up with black images. A prediction thus depends only on
/// the image and the model, not on the number of workers. One exception: with OpenBLAS's kernels
/// for Haswell and Zen, the order of additions depends on the image's position in its shard, and so
/// do the last bits.
package final class Predictor: Sendable {
  /// The model's file, for messages.
  package let modelPath: String
  /// The number of values of an input image.
  package let valueCount: Int
  /// The size of an input image; nil if it is not known.
  package let imageSize: ImageSize?
  /// The number of classes.
  package let classCount: Int
  /// The maximum number of images per call of ``predict(count:)``.
  package let capacity: Int
  /// The values of the images to predict, (capacity, valueCount).
  package let pixels: AlignedBuffer<UInt8>

  private let runner: ForwardRunner
  /// (capacity, classCount).
  private let probabilities: AlignedBuffer<Float>
  private let classes: AlignedBuffer<UInt8>
  private let order: AlignedBuffer<UInt32>
  private let claims = ClaimCounter()

  /// The number of images that a worker takes at a time.
  package static let shardSize = LeafPlan.blockRows
  /// The number of shards per worker in a full batch, so that faster workers can take more.
  private static let shardsPerWorker = 4
  private static let valueLimit = 64 << 20

  /// Builds the model and starts the workers.
  ///
  /// - Parameters:
  ///   - file: The model.
  ///   - data: The data set that it was trained on; nil if unknown.
  ///   - threads: The number of worker threads; does not affect predictions.
  ///   - coreCount: The number of cores that this process may use.
  ///   - engine: What computes; nil for the engine that trained the model.
  /// - Throws: `WeightsError` or ``TrainerError`` if the file is not a valid model; `SystemRefusal`
  ///   if the system refuses threads or memory; `OpenBLASError`.
  package init(
    file: ModelFile, data: ModelData? = nil, threads: Int, coreCount: Int,
    engine: Engine? = nil
  ) throws {
    let architecture = try file.architecture()
    let state = try file.state(architecture, engine: engine)
    try state.network.engine.load()
    modelPath = file.path
    valueCount = architecture.inputCount
    imageSize = data?.imageSize ?? architecture.imageSize
    classCount = architecture.classCount
    let shards = min(
      threads * Self.shardsPerWorker, Self.valueLimit / (Self.shardSize * valueCount))
    capacity = max(shards, 1) * Self.shardSize
    pixels = AlignedBuffer(count: capacity * valueCount)
    probabilities = AlignedBuffer(count: capacity * classCount)
    classes = AlignedBuffer(count: capacity)
    order = AlignedBuffer(count: Self.shardSize)
    EpochOrder.fillSequential(order.elements)
    runner = ForwardRunner(
      state: state, team: try .placed(count: threads, coreCount: coreCount),
      rowCapacity: Self.shardSize)
    runner.prepare()
    try state.network.engine.reserve(callers: threads)
  }

  /// Predicts the first images in ``pixels``.
  ///
  /// - Parameter count: The number of images, in `1...capacity`; otherwise the program stops.
  /// - Throws: ``TrainerError`` if a probability is not finite.
  package func predict(count: Int) throws {
    precondition((1...capacity).contains(count), "1 to \(capacity) images")
    let shards = LeafPlan(rowCount: count).blockCount
    (pixels.pointer + count * valueCount)
      .update(repeating: 0, count: (shards * Self.shardSize - count) * valueCount)
    claims.reset()
    runner.team.run { [self] worker in
      while true {
        let shard = claims.claim()
        if shard >= shards { return }
        predict(shard: shard, worker: worker)
      }
    }
    for index in 0..<count where !probabilities.pointer[index * classCount].isFinite {
      throw TrainerError(
        .badData,
        "\(modelPath): found probabilities that are not finite, expected weights that give finite "
          + "probabilities")
    }
  }

  private func predict(shard: Int, worker: Int) {
    let first = shard * Self.shardSize
    let shardLogits = runner.logits(
      of: order.pointer, rows: Self.shardSize, in: pixels.pointer + first * valueCount,
      worker: worker)
    for row in 0..<Self.shardSize {
      let logits = shardLogits + row * classCount
      Softmax.probabilities(
        logits: logits, classCount: classCount,
        into: probabilities.pointer + (first + row) * classCount)
      var largest = 0
      for c in 1..<classCount where logits[c] > logits[largest] { largest = c }
      classes.pointer[first + row] = UInt8(largest)
    }
  }

  /// The prediction of the last ``predict(count:)`` for an image.
  ///
  /// - Parameter index: The image's index in ``pixels``, less than the count.
  /// - Returns: The first class with the largest logit, and the probability of each class,
  ///   (classCount).
  package func prediction(of index: Int) -> (classIndex: Int, probabilities: [Float]) {
    let first = probabilities.pointer + index * classCount
    return (
      Int(classes.pointer[index]), Array(UnsafeBufferPointer(start: first, count: classCount))
    )
  }
}
