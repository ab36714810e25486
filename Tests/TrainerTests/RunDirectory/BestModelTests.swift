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
    try best.finished(epoch, of: run)
    try folder.write(Checkpoint(of: run, identity: testIdentity(run)))
    return .goOn
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
    of run: TrainingRun, warn: (String) -> Void = { Issue.record("\($0)") }
  ) -> BestModel {
    BestModel(path: path, run: run, checkpoints: folder, warn: warn)
  }

  private func resumed() throws -> TrainingRun {
    let run = try run()
    try Checkpoint(path: folder.file(step: try #require(folder.steps().last))).restore(run)
    return run
  }

  @Test("is made again from its epoch's checkpoint; it is an error if nothing is left of it")
  func madeAgain() throws {
    let first = try run()
    try first.train(observers: [Keeper(best: best(of: first), folder: folder)])
    let expected = try files.bytes("best")
    let epoch = try #require(first.position.best)
    try #require(epoch.epoch < first.position.history.count, "the best epoch is not the last")
    #expect(try SafetensorsFile.read(path: path).metadata["epoch"] == "\(epoch.epoch)")

    try FileManager.default.removeItem(atPath: path)
    try best(of: try resumed()).finish()
    #expect(try files.bytes("best") == expected)

    for content in [Array("damaged".utf8), try lastModel(first)] {
      try files.write(content, to: "best")
      try best(of: try resumed()).finish()
      #expect(try files.bytes("best") == expected)
    }

    // What is right needs no checkpoint.
    try FileManager.default.removeItem(atPath: folder.file(step: epoch.step))
    try best(of: try resumed()).finish()

    try FileManager.default.removeItem(atPath: path)
    var warnings: [String] = []
    let lost = best(of: try resumed(), warn: { warnings.append($0) })
    #expect(warnings.count == 1)
    let error = #expect(throws: TrainerError.self) { try lost.finish() }
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
