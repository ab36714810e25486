import Foundation
import TestSupport
import Testing

@Suite("A run whose outputs cannot all be opened or written at its start")
struct RunStartTests {
  private let run: LongRun
  private var folder: TemporaryFolder { run.folder }

  init() throws {
    run = try LongRun()
  }

  /// The content of each file of the run directory.
  private func content() throws -> [String: [UInt8]] {
    let checkpoints = try folder.names(in: "run/checkpoints").map { "checkpoints/" + $0 }
    let names = try folder.names(in: "run").filter { ![".lock", "checkpoints"].contains($0) }
    return Dictionary(
      uniqueKeysWithValues: try (names + checkpoints).map { ($0, try folder.bytes("run/" + $0)) })
  }

  @Test(
    "does not remove the run that it was to replace, and does not touch one that it was to resume",
    arguments: ["--overwrite", "--resume"])
  func earlierRun(mode: String) async throws {
    let first = try await run.twoEpochs(["--output", "run", "--validation", "100"])
    try #require(first.status == 0, "\(first.errors)")
    let before = try content()
    #expect(before.count == 8)
    let result = try await run.twoEpochs([
      "--output", "run", "--validation", "100", mode, "--epochs", "3", "--metrics", "/dev/full",
    ])
    #expect(result.status == 74 && result.errors.contains("/dev/full"), "\(result.errors)")
    #expect(try content() == before)
  }

  @Test("keeps the lines of a run that it was to resume if another of its files is refused")
  func linkedTable() async throws {
    let first = try await run.twoEpochs(["--output", "run"])
    try #require(first.status == 0, "\(first.errors)")
    let before = try content()
    try FileManager.default.linkItem(
      atPath: folder.path("run/metrics.csv"), toPath: folder.path("copy.csv"))
    let result = try await run.twoEpochs(["--output", "run", "--resume", "--epochs", "3"])
    #expect(result.status == 74 && result.errors.contains("2 names (hard links)"))
    #expect(try content() == before)
  }

  @Test("replaces no further file after the first output that fails")
  func laterOutputs() async throws {
    try folder.write(Array("old".utf8), to: "objective")
    // The device can be opened, and refuses the first line.
    let result = try await Command.run(
      [
        "--data", run.data, "--hidden", "4", "--epochs", "1", "--metrics", "/dev/full",
        "--objective", "test-loss", "--objective-file", "objective",
      ], in: folder)
    #expect(result.status == 74 && result.errors.contains("/dev/full"), "\(result.errors)")
    #expect(try folder.text("objective") == "old")
  }

  @Test("does not replace the run that its initial weights are from")
  func ownWeights() async throws {
    let first = try await run.twoEpochs(["--output", "run"])
    try #require(first.status == 0, "\(first.errors)")
    let before = try content()
    for weights in ["run", "run/model.safetensors", "./run"] {
      let result = try await run.twoEpochs(["--output", "run", "--overwrite", "--init", weights])
      #expect(result.status == 64, "\(result.errors)")
      #expect(result.errors.contains("--init is \(weights), which belongs to the run in run"))
    }
    #expect(try content() == before)
  }

  @Test("leaves nothing if it was new, so that the corrected command works")
  func newRun() async throws {
    let refused = try await run.twoEpochs(["--output", "runs/one", "--metrics", "/dev/full"])
    #expect(refused.status == 74, "\(refused.errors)")
    #expect(!folder.exists("runs"))
    let corrected = try await run.twoEpochs(["--output", "runs/one"])
    #expect(corrected.status == 0, "\(corrected.errors)")
  }

  @Test("keeps an old file of metrics if TensorBoard's directory is refused")
  func oldMetrics() async throws {
    try folder.write(Array("old".utf8), to: "metrics")
    let result = try await Command.run(
      [
        "--data", run.data, "--quiet", "--hidden", "4", "--metrics", "metrics", "--tensorboard",
        "new/events",
      ],
      // No file may have a byte.
      in: folder, shell: "ulimit -f 0; exec \"$0\" \"$@\"")
    #expect(result.status != 0)
    #expect(try folder.text("metrics") == "old")
    #expect(!folder.exists("new"))
  }

  @Test("refuses a run without checkpoints, and makes no folder for them")
  func noCheckpoints() async throws {
    let first = try await run.twoEpochs(["--output", "run"])
    try #require(first.status == 0, "\(first.errors)")
    try FileManager.default.removeItem(atPath: folder.path("run/checkpoints"))
    let result = try await Command.run(["--output", "run", "--resume", "--quiet"], in: folder)
    #expect(result.status == 65, "\(result.errors)")
    #expect(!folder.exists("run/checkpoints"))
  }
}
