import Testing

@testable import ImageData
@testable import Model
@testable import Runs
@testable import Training

@Suite("A run can be resumed")
struct RunIdentityTests {
  private func identity(
    core: String = "Haswell", version: String = "0.3.21", dataset: [String: String] = [:],
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) -> RunIdentity {
    var configuration = TrainingConfiguration(threads: 1)
    change(&configuration)
    return RunIdentity(
      configuration: configuration, initialWeights: nil, dataset: dataset,
      machine: machine(core: core, version: version))
  }

  private func refusal(_ new: RunIdentity, _ old: RunIdentity) -> String? {
    do {
      try new.requireSame(as: old, checkpoint: "step-7")
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("that a version without models began, if the model is that of its settings")
  func olderSettings() throws {
    var older = identity()
    older.settings["model"] = nil
    older.settings.merge(["hidden": "512,256", "batch-norm": "true", "dropout": "0.2"]) { $1 }
    #expect(refusal(identity(), older) != nil)
    #expect(try older.upgraded() == identity())
    #expect(try identity().upgraded() == identity())
    older.settings["dropout"] = "0.3"
    #expect(refusal(identity(), try older.upgraded())?.contains("the model is dense 512") == true)
    older.settings["hidden"] = "none"
    #expect(try older.upgraded().settings["model"] == "none")
    older.settings["hidden"] = "0"
    #expect(throws: ArchitectureError.self) { try older.upgraded() }
  }

  @Test("that a version without stratification began, if it is not stratified")
  func addedSettings() throws {
    var older = identity { $0.validationCount = 10 }
    older.settings["stratify"] = nil
    #expect(refusal(identity { $0.validationCount = 10 }, try older.upgraded()) == nil)
    let stratified = identity { ($0.validationCount, $0.stratify) = (10, true) }
    #expect(refusal(stratified, try older.upgraded())?.contains("`stratify` is true") == true)
    #expect(try stratified.upgraded() == stratified)
  }

  @Test(
    "with other numbers of threads, epochs and steps, and with other reasons to stop",
    arguments: [
      { @Sendable in $0.threads = 7 }, { @Sendable in $0.epochs = 20 },
      { @Sendable in $0.stepLimit = 9 }, { @Sendable in $0.earlyStoppingPatience = 2 },
      { @Sendable in $0.targetAccuracy = 0.9 },
      { @Sendable in $0.shardSize = .rows(7) },
    ] as [@Sendable (inout TrainingConfiguration) -> Void])
  func lengths(change: @Sendable (inout TrainingConfiguration) -> Void) {
    #expect(refusal(identity(change), identity()) == nil)
  }

  @Test(
    "only with the same mathematics; the error names the difference and both values",
    arguments: [
      ({ @Sendable in $0.batchSize = 100 }, "`batch-size` is 100", "with 512"),
      ({ @Sendable in $0.engine = .openblas }, "`engine` is openblas", "with native"),
      ({ @Sendable in $0.seed = .max }, "`seed` is 18446744073709551615", "with 0"),
      ({ @Sendable in $0.optimizer = Optimizer(.sgd) }, "`optimizer` is sgd", "with adam"),
      ({ @Sendable in $0.optimizer.learningRate = 0.5 }, "`learning-rate` is 0.5", "with 0.001"),
      ({ @Sendable in $0.clipNorm = 2 }, "`clip-norm` is 2.0", "with none"),
      (
        { @Sendable in $0.model = Perceptron(hidden: []).model }, "the model is none",
        "with dense 512 bn relu dropout 0.2, dense 256 bn relu dropout 0.2"
      ),
      (
        { @Sendable in $0.schedule = .cosine(CosineAnnealing()) }, "`lr-schedule` is cosine",
        "with constant"
      ),
      ({ @Sendable in $0.warmupSteps = 7 }, "`warmup-steps` is 7", "with 0"),
      ({ @Sendable in $0.validationCount = 10 }, "`validation` is 10", "with 0"),
      ({ @Sendable in $0.fold = Fold(1, of: 5) }, "`fold` is 1/5", "with none"),
      ({ @Sendable in $0.stratify = true }, "`stratify` is true", "with false"),
    ] as [(@Sendable (inout TrainingConfiguration) -> Void, String, String)])
  func mathematics(
    change: @Sendable (inout TrainingConfiguration) -> Void, found: String, expected: String
  ) {
    let text = refusal(identity(change), identity())
    #expect(text?.contains(found) == true, "\(text ?? "taken")")
    #expect(text?.contains(expected) == true, "\(text ?? "taken")")
  }

  @Test("only with the same number of epochs if the learning rate depends on it")
  func stretched() {
    let old = identity { $0.schedule = .cosine(CosineAnnealing()) }
    let text = refusal(
      identity {
        $0.schedule = .cosine(CosineAnnealing())
        $0.epochs = 20
      }, old)
    #expect(text?.contains("`epochs` is 20") == true)
    #expect(text?.contains("with 10") == true)
    #expect(text?.contains("needs another `lr-schedule` from its start") == true)
  }

  private func openBLAS(core: String = "Haswell", version: String = "0.3.21") -> RunIdentity {
    identity(core: core, version: version) { $0.engine = .openblas }
  }

  @Test("only with the same data")
  func data() {
    let text = refusal(
      identity(dataset: ["train-images-idx3-ubyte": "ab"]),
      identity(dataset: ["train-images-idx3-ubyte": "cd"]))
    #expect(text?.contains("train-images-idx3-ubyte has the SHA-256 ab") == true)
  }

  @Test("only with the same OpenBLAS core, if OpenBLAS computes")
  func core() {
    #expect(
      refusal(openBLAS(core: "SkylakeX"), openBLAS())?.contains("`blas-core` is SkylakeX") == true)
    #expect(refusal(identity(core: "SkylakeX"), identity()) == nil)
  }

  @Test("with another version of OpenBLAS, with a warning if OpenBLAS computes")
  func version() {
    let new = openBLAS(version: "0.3.29")
    #expect(refusal(new, openBLAS()) == nil)
    #expect(new.warning(comparedWith: openBLAS())?.contains("0.3.29") == true)
    #expect(openBLAS().warning(comparedWith: openBLAS()) == nil)
    #expect(identity(version: "0.3.29").warning(comparedWith: identity()) == nil)
  }

  @Test("that a version with sums by shards began, with OpenBLAS and a warning")
  func sumsByShards() throws {
    var older = openBLAS()
    older.arithmetic = nil
    older.settings["engine"] = nil
    older.settings["shard-size"] = "64"
    let upgraded = try older.upgraded()
    #expect(refusal(openBLAS(), upgraded) == nil)
    #expect(openBLAS().warning(comparedWith: upgraded)?.contains("another order") == true)
    #expect(refusal(identity(), upgraded)?.contains("`engine` is native") == true)
  }
}
