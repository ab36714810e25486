import Foundation
import Glibc
import TestSupport

/// A training run that goes on until it is stopped.
struct LongRun {
  let folder: TemporaryFolder
  let data: String
  /// A small network.
  static let options = [
    "--steps", "100000000", "--epochs", "100000000", "--batch-size", "20", "--shard-size", "8",
    "--hidden", "24,16", "--quiet",
  ]
  /// A checkpoint many times a second.
  private static let checkpoints = ["--checkpoint-every", "50"]

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  /// The arguments of a run in a directory, which `more` names.
  func arguments(_ more: [String]) -> [String] {
    ["--data", data] + Self.options + Self.checkpoints + more
  }

  /// A short run on the same data.
  ///
  /// - Parameter options: Further arguments.
  /// - Returns: What the command left.
  /// - Throws: What starting it throws.
  func twoEpochs(_ options: [String]) async throws -> CommandResult {
    try await Command.run(
      ["--data", data, "--quiet", "--epochs", "2", "--hidden", "8", "--batch-size", "50"]
        + options, in: folder)
  }

  /// The step of the newest checkpoint.
  func newestStep() throws -> Int {
    let names = try folder.names(in: "run/checkpoints").filter { $0.hasPrefix("step-") }
    return names.compactMap { Int($0.dropFirst(5).prefix { $0.isNumber }) }.max() ?? 0
  }

  /// Goes on with the run for some steps, and trains as many from the beginning.
  ///
  /// - Parameter more: Further arguments of the part that goes on.
  /// - Returns: Both digests.
  /// - Throws: What the folder throws.
  func digestsAfterResuming(_ more: [String] = []) async throws -> (String?, unbroken: String?) {
    let steps = ["--steps", "\(try newestStep() + 200)"]
    let resumed = try await Command.run(
      ["--output", "run", "--resume", "--quiet"] + steps + more, in: folder)
    let unbroken = try await Command.run(
      ["--data", data] + Self.options + steps + ["--threads", "1"], in: folder)
    return (resumed.digest, unbroken.digest)
  }

  /// Starts a part of the run in the folder `run`, and sends it signals after a while.
  ///
  /// - Parameters:
  ///   - signal: The signal.
  ///   - others: Further signals, sent at once.
  ///   - hasCheckpoint: Whether it is sent only when there is a checkpoint.
  ///   - more: Further arguments.
  /// - Returns: What the part left.
  /// - Throws: What starting it throws.
  func stopped(
    by signal: Int32, then others: [Int32] = [], hasCheckpoint: Bool = false, _ more: [String] = []
  ) async throws -> CommandResult {
    let process = try Command.process(
      arguments(["--output", "run", "--resume"] + more), home: folder)
    let name = "output-\(UUID())"
    try folder.write([], to: name)
    let handle = FileHandle(forWritingAtPath: folder.path(name))
    process.standardOutput = handle
    process.standardError = handle
    let before = page
    async let status = Command.finish(process)
    // Its page is the last file that it writes before its first step.
    while page == before { try await Task.sleep(for: .milliseconds(2)) }
    while hasCheckpoint, try newestStep() == 0 { try await Task.sleep(for: .milliseconds(2)) }
    try await Task.sleep(for: .milliseconds(Int.random(in: 1...100)))
    for signal in [signal] + others { kill(process.processIdentifier, signal) }
    let text = try await (status, folder.text(name))
    return CommandResult(status: text.0, output: try folder.text(name), errors: "")
  }

  /// The time of the report, which each part writes anew.
  private var page: String? {
    guard
      let attributes = try? FileManager.default.attributesOfItem(
        atPath: folder.path("run/report.html"))
    else { return nil }
    return "\(attributes[.modificationDate] ?? "")"
  }
}
