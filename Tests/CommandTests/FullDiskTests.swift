import Foundation
import TestSupport
import Testing

@Suite("A disk that is full")
struct FullDiskTests {
  private let folder: TemporaryFolder
  private let data: String

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  private var options: [String] {
    [
      "--data", data, "--epochs", "3", "--hidden", "100", "--batch-size", "50", "--quiet",
      "--output", "run",
    ]
  }

  /// Runs with files of at most so many blocks of 512 bytes; more is refused as on a full disk.
  private func run(_ more: [String] = [], blocks: Int) async throws -> CommandResult {
    try await Command.run(
      options + more, in: folder, shell: "ulimit -f \(blocks); exec \"$0\" \"$@\"")
  }

  @Test("at a checkpoint is a warning; training continues and saves its model")
  func checkpoint() async throws {
    // The model has 29 kB, a checkpoint with Adam's moments 85 kB.
    let result = try await run(blocks: 100)
    #expect(result.errors.contains("warning: no checkpoint of step 12"), "\(result.errors)")
    #expect(result.errors.contains("training continues"))
    #expect(result.digest != nil)
    #expect(folder.exists("run/model.safetensors"))
    #expect(try folder.names(in: "run/checkpoints").isEmpty)
    // The last checkpoint, from which the run could be made longer, is missing.
    #expect(result.status == 74)
  }

  @Test("at the events of TensorBoard is one warning; training continues and saves its model")
  func events() async throws {
    let options = [
      "--data", data, "--epochs", "3", "--hidden", "100", "--batch-size", "50", "--quiet",
      "--tensorboard", "events", "--histogram-every", "1",
    ]
    let unbroken = try await Command.run(options, in: folder)
    // The model has 29 kB, the events more than 50 kB.
    let result = try await Command.run(
      options + ["--save", "model"], in: folder, shell: "ulimit -f 100; exec \"$0\" \"$@\"")
    #expect(result.status == 74)
    let warnings = result.errors.split(separator: "\n").filter { $0.contains("training continues") }
    #expect(warnings.count == 1, "\(result.errors)")
    #expect(warnings.first?.contains("events/events.out.tfevents.") == true)
    #expect(result.digest == unbroken.digest && result.digest != nil)
    #expect(folder.exists("model"))
  }

  @Test("at the end is exit code 74, with the digest told and the older checkpoint whole")
  func final() async throws {
    let first = try await Command.run(options, in: folder)
    #expect(first.status == 0)
    let kept = try folder.names(in: "run/checkpoints")
    let model = try folder.bytes("run/model.safetensors")
    let result = try await run(["--resume", "--epochs", "4"], blocks: 20)
    #expect(result.status == 74, "\(result.errors)")
    #expect(result.digest != nil)
    #expect(try folder.names(in: "run/checkpoints") == kept)
    #expect(try folder.bytes("run/model.safetensors") == model)
    let again = try await Command.run(
      ["--output", "run", "--resume", "--epochs", "4", "--quiet"], in: folder)
    #expect(again.status == 0 && again.digest == result.digest)
  }
}
