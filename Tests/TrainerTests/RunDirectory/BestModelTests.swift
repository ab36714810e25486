import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Model
@testable import Runs
@testable import Training

/// Keeps a checkpoint of each epoch, and the best model.
private final class Keeper: TrainingObserver {
  let best: BestModel
  let folder: CheckpointFolder

  init(best: BestModel, folder: CheckpointFolder) {
    self.best = best
    self.folder = folder
  }

  func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    _ = try best.finished(epoch, of: run)
    try folder.write(Checkpoint(of: run, identity: testIdentity(run)))
    return .proceed
  }
}

@Suite("The best model of a resumed run")
struct BestModelTests {
  private let files: TemporaryFolder
  private let folder: CheckpointFolder
  private var path: String { files.path("best") }

  init() throws {
    files = try TemporaryFolder()
    folder = CheckpointFolder(path: files.path("checkpoints"), keep: 100)
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
  }

  /// The loss goes up and down; the model is an average.
  private func run() throws -> TrainingRun {
    try TrainingRunTests.run {
      $0.validationCount = 40
      $0.emaDecay = 0.5
      $0.optimizer = Optimizer(.sgd)
      $0.optimizer.learningRate = 20
      $0.epochs = 8
    }
  }

  private func best(
    _ warn: @escaping @Sendable (String) -> Void = { Issue.record("\($0)") }
  ) -> BestModel {
    BestModel(path: path, checkpoints: folder, warn: warn)
  }

  /// Ends a resumed run with nothing left to train.
  private func finish(_ best: BestModel) throws {
    let run = try resumed()
    #expect(try best.started(run) == .proceed)
    try best.ended(run, after: try #require(run.position.history.last), ending: .completed)
  }

  private func resumed() throws -> TrainingRun {
    let run = try run()
    try Checkpoint(path: folder.file(step: try #require(folder.steps().last))).restore(run)
    return run
  }

  @Test("is restored from the checkpoint of its epoch; it is an error if that is impossible")
  func madeAgain() throws {
    let first = try run()
    try first.train(observers: [Keeper(best: best(), folder: folder)])
    let expected = try files.bytes("best")
    let epoch = try #require(first.position.best)
    try #require(epoch.epoch < first.position.history.count, "the best epoch is not the last")
    #expect(try SafetensorsFile.read(path: path).metadata["epoch"] == "\(epoch.epoch)")

    try FileManager.default.removeItem(atPath: path)
    try finish(best())
    #expect(try files.bytes("best") == expected)

    for content in [Array("damaged".utf8), try lastModel(first)] {
      try files.write(content, to: "best")
      try finish(best())
      #expect(try files.bytes("best") == expected)
    }

    // What is right needs no checkpoint.
    try FileManager.default.removeItem(atPath: folder.file(step: epoch.step))
    try finish(best())

    try FileManager.default.removeItem(atPath: path)
    let warnings = Warnings()
    let error = #expect(throws: TrainerError.self) { try finish(best { warnings.add($0) }) }
    #expect(warnings.all.count == 1)
    #expect(error?.code == .inputOutput)
    #expect(
      error?.description.hasPrefix(
        "\(path): found no file, expected the model of epoch \(epoch.epoch)") == true)
  }

  /// The model of the last epoch, as if it had been the best.
  private func lastModel(_ run: TrainingRun) throws -> [UInt8] {
    let epoch = "\(run.position.history.count)"
    try run.modelContent(path: path, metadata: [BestModel.epochKey: epoch]).write(in: .anywhere)
    return try files.bytes("best")
  }
}
