import ImageData
import Model
import Parallel

/// A saved model on a worker team, for predicting the classes of images.
///
/// Images go through the network in shards of one size, the last one filled up with black images: a
/// matrix product's bits depend on its shape. So an image's prediction depends on the image and the
/// model, not on who computes. OpenBLAS's kernels for Haswell and Zen add in an order that depends on
/// an image's place in its shard: with them the last bits depend on that place too.
package final class Predictor: Sendable {
  /// The model's file, for messages.
  package let modelPath: String
  /// Pixels of an image that the model takes.
  package let pixelCount: Int
  /// The shape of an image that the model takes; nil if its file does not say it.
  package let imageSize: ImageSize?
  /// Classes that the model tells apart.
  package let classCount: Int
  /// The most images predicted at once.
  package let capacity: Int
  /// Grey values of the images to predict, (capacity, pixelCount).
  package let pixels: AlignedBuffer<UInt8>

  private let runner: ForwardRunner
  /// (capacity, classCount).
  private let probabilities: AlignedBuffer<Float>
  private let classes: AlignedBuffer<UInt8>
  private let order: AlignedBuffer<UInt32>
  private let claims = ClaimCounter()

  private static let shardSize = 64
  /// Enough shards for every worker to have some, whoever is slow.
  private static let shardsPerWorker = 4
  private static let pixelLimit = 64 << 20

  /// Builds the model and starts the workers.
  ///
  /// - Parameters:
  ///   - file: The model.
  ///   - data: What it was trained on, if that is known.
  ///   - threads: Worker threads; never enters a prediction.
  ///   - coreCount: The cores that this process may use.
  /// - Throws: `WeightsError`, or ``TrainerError`` if the file is no model; `SystemRefusal` if the
  ///   system refuses threads or memory; `OpenBLASError`.
  package init(
    file: SafetensorsFile, data: ModelData? = nil, threads: Int, coreCount: Int
  ) throws {
    let architecture = try ModelFile.architecture(of: file)
    try OpenBLAS.load()
    let state = try ModelFile.state(from: file, architecture: architecture)
    modelPath = file.path
    pixelCount = architecture.inputCount
    imageSize = data?.imageSize
    classCount = architecture.classCount
    let shards = min(
      threads * Self.shardsPerWorker, Self.pixelLimit / (Self.shardSize * pixelCount))
    capacity = max(shards, 1) * Self.shardSize
    pixels = AlignedBuffer(count: capacity * pixelCount)
    probabilities = AlignedBuffer(count: capacity * classCount)
    classes = AlignedBuffer(count: capacity)
    order = AlignedBuffer(count: Self.shardSize)
    EpochOrder.fillSequential(order.elements)
    runner = ForwardRunner(
      state: state, team: try WorkerTeam(count: threads, coreCount: coreCount),
      rowCapacity: Self.shardSize)
    runner.prepare()
    try OpenBLAS.reserveBuffers(callers: threads)
  }

  /// Predicts the first images in ``pixels``.
  ///
  /// - Parameter count: How many, 1 to ``capacity``.
  /// - Throws: ``TrainerError`` where the model gives what is no number.
  package func predict(count: Int) throws {
    precondition((1...capacity).contains(count), "1 to \(capacity) images")
    let shards = ShardPlan(rowCount: count, shardSize: Self.shardSize).shardCount
    (pixels.pointer + count * pixelCount)
      .update(repeating: 0, count: (shards * Self.shardSize - count) * pixelCount)
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
        "\(modelPath): found probabilities that are no numbers, expected weights that give numbers")
    }
  }

  private func predict(shard: Int, worker: Int) {
    let first = shard * Self.shardSize
    let shardLogits = runner.logits(
      of: order.pointer, rows: Self.shardSize, in: pixels.pointer + first * pixelCount,
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

  /// What the last ``predict(count:)`` found for an image.
  ///
  /// - Parameter index: The image, less than the count.
  /// - Returns: The first class with the greatest logit, and all probabilities.
  package func prediction(of index: Int) -> (classIndex: Int, probabilities: [Float]) {
    let first = probabilities.pointer + index * classCount
    return (
      Int(classes.pointer[index]), Array(UnsafeBufferPointer(start: first, count: classCount))
    )
  }
}
