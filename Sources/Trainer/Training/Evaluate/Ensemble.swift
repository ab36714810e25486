import Files
import ImageData
import Model
import Parallel

/// Models that predict together, and the views of each image that they see.
///
/// The probability of a class is the mean over the models of the mean over the views. One model
/// that sees each image as it is is an ensemble, too.
package final class Ensemble: Sendable {
  /// A model of an ensemble.
  package struct Member: Sendable {
    /// The model.
    package let file: ModelFile
    /// The data set that it was trained on; nil if unknown.
    package let data: ModelData?

    /// Creates a member.
    ///
    /// - Parameters:
    ///   - file: The model.
    ///   - data: The data set that it was trained on; nil if unknown.
    package init(file: ModelFile, data: ModelData? = nil) {
      self.file = file
      self.data = data
    }
  }

  /// The paths of the models' files.
  package let paths: [String]
  /// The number of values of an image.
  package let valueCount: Int
  /// The size of an image; nil if it is not known.
  package let imageSize: ImageSize?
  /// The number of classes.
  package let classCount: Int
  /// The number of views of each image.
  package let viewCount: Int
  /// The workers of all models.
  let team: WorkerTeam
  /// The runners that compute each model's logits, for a block of rows at a time.
  let runners: [ForwardRunner]

  /// Builds the models and starts the workers.
  ///
  /// - Parameters:
  ///   - members: The models, at least one.
  ///   - augmentation: The views; nil for each image as it is.
  ///   - threads: The number of worker threads; does not affect predictions.
  ///   - coreCount: The number of cores that this process may use.
  ///   - engine: What computes; nil for the engine that trained each model.
  /// - Throws: `WeightsError` or ``TrainerError`` if a file is not a valid model, the models do not
  ///   fit each other, or the views do not fit the images; `SystemRefusal` if the system refuses
  ///   threads or memory; `OpenBLASError`.
  package init(
    _ members: [Member], views augmentation: Augmentation? = nil, threads: Int, coreCount: Int,
    engine: Engine? = nil
  ) throws {
    precondition(!members.isEmpty, "at least one model")
    let architectures = try members.map { try $0.file.architecture() }
    let first = architectures[0]
    paths = members.map(\.file.path)
    valueCount = first.inputCount
    classCount = first.classCount
    imageSize =
      zip(members, architectures).lazy
      .compactMap { $0.data?.imageSize ?? $1.imageSize }.first
    for (member, architecture) in zip(members, architectures).dropFirst() {
      try Self.require(member, architecture, fit: members[0], first)
    }
    var views: ImageViews?
    if let augmentation {
      guard let imageSize else {
        throw TrainerError(
          .badData,
          "\(paths[0]): the model's file has no size of images, which \(setting: "tta") needs")
      }
      views = try ImageViews(augmentation, size: imageSize)
    }
    viewCount = views?.count ?? 1
    let states = try zip(members, architectures).map { member, architecture in
      try member.file.state(architecture, engine: engine)
    }
    for state in states { try state.network.engine.load() }
    let team = try WorkerTeam.placed(count: threads, coreCount: coreCount)
    self.team = team
    runners = states.map {
      ForwardRunner(state: $0, team: team, rowCapacity: LeafPlan.blockRows, views: views)
    }
    for runner in runners {
      runner.prepare()
      try runner.state.network.engine.reserve(callers: threads)
    }
  }

  /// Throws an error unless two models have the same input and classes.
  private static func require(
    _ member: Member, _ architecture: Architecture, fit first: Member, _ expected: Architecture
  ) throws(TrainerError) {
    func mismatch(_ found: String, _ expected: String) -> TrainerError {
      TrainerError(
        .badData,
        "\(member.file.path): found \(found); expected \(expected), as of \(first.file.path)")
    }
    let size = member.data?.imageSize ?? architecture.imageSize
    let firstSize = first.data?.imageSize ?? expected.imageSize
    if let size, let firstSize, size != firstSize {
      throw mismatch("images of \(size.words)", firstSize.words)
    }
    guard architecture.inputCount == expected.inputCount else {
      throw mismatch(
        "images of \(counted(architecture.inputCount, "value"))", "\(expected.inputCount)")
    }
    guard architecture.classCount == expected.classCount else {
      throw mismatch(counted(architecture.classCount, "class"), "\(expected.classCount)")
    }
    if let names = member.data?.classNames, let firstNames = first.data?.classNames,
      let index = names.indices.first(where: { names[$0] != firstNames[$0] })
    {
      throw mismatch("class \(index) `\(names[index])`", "`\(firstNames[index])`")
    }
  }

  /// The doubles of memory that a thread needs for images: a model's probabilities, and those of
  /// one image.
  ///
  /// - Parameter rows: The most images of a call.
  /// - Returns: Their number.
  func scratchCount(rows: Int) -> Int { (rows + 1) * classCount }

  /// Computes the probabilities of images.
  ///
  /// - Parameters:
  ///   - samples: The images' numbers (rows).
  ///   - rows: How many, at most a block.
  ///   - images: Bytes of the images, one image after another.
  ///   - worker: The calling worker.
  ///   - mean: The mean over the models, (rows, classes), overwritten.
  ///   - scratch: The calling thread's ``scratchCount(rows:)`` doubles.
  ///   - viewed: Called with the logits, (rows, classes), of each model by its number from 1, for each
  ///     view by its number from 0.
  ///   - answered: Called with the probabilities, (rows, classes), of each model by its number, after
  ///     its views, and at last with the mean and 0.
  func probabilities(
    of samples: UnsafePointer<UInt32>, rows: Int, in images: UnsafePointer<UInt8>, worker: Int,
    mean: UnsafeMutablePointer<Double>, scratch: UnsafeMutablePointer<Double>,
    viewed: (_ answer: Int, _ view: Int, _ logits: UnsafePointer<Float>) -> Void = { _, _, _ in },
    answered: (_ answer: Int, _ probabilities: UnsafePointer<Double>) -> Void
  ) {
    let count = rows * classCount
    mean.update(repeating: 0, count: count)
    for (index, runner) in runners.enumerated() {
      scratch.update(repeating: 0, count: count)
      for view in 0..<viewCount {
        let logits = runner.logits(
          of: samples, rows: rows, in: images, worker: worker, view: view)
        viewed(index + 1, view, logits)
        for row in 0..<rows {
          let image = scratch + count
          Softmax.probabilities(
            logits: logits + row * classCount, classCount: classCount, into: image)
          for c in 0..<classCount { scratch[row * classCount + c] += image[c] }
        }
      }
      // A quotient by 1 changes no bit.
      for value in 0..<count {
        scratch[value] /= Double(viewCount)
        mean[value] += scratch[value]
      }
      answered(index + 1, scratch)
    }
    for value in 0..<count { mean[value] /= Double(runners.count) }
    answered(0, mean)
  }

  /// The class with the largest probability; of equal ones the first.
  static func mostProbable(_ probabilities: UnsafePointer<Double>, classCount: Int) -> UInt8 {
    var largest = 0
    for c in 1..<classCount where probabilities[c] > probabilities[largest] { largest = c }
    return UInt8(largest)
  }
}
