import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A signal to trainer scale")
struct ScaleSignalTests {
  private let folder: TemporaryFolder
  private let data: String

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  @Test(
    "leaves no measurement process and no directory, and is named",
    arguments: [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT"), (SIGHUP, "SIGHUP")])
  func stopped(signal: Int32, name: String) async throws {
    // The tests themselves may run under nohup.
    let shell = "exec env --default-signal=HUP \"$0\" \"$@\""
    #expect(try await status(after: [signal], shell: shell) == -signal)
    try requireStop(by: name)
  }

  @Test("of a lost terminal does nothing under nohup")
  func ignoredHangup() async throws {
    let shell = "trap '' HUP; exec \"$0\" \"$@\""
    #expect(try await status(after: [SIGHUP, SIGTERM], shell: shell) == -SIGTERM)
    try requireStop(by: "SIGTERM")
  }

  /// Sends signals during the first measurement, and waits for the end.
  private func status(after signals: [Int32], shell: String) async throws -> Int32 {
    let process = try Command.process(
      [
        "scale", "--data", data, "--hidden", "16", "--threads", "1", "--seconds", "60", "--output",
        folder.path("made/out"),
      ], home: folder, shell: shell)
    try folder.write([], to: "errors")
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: folder.path("errors"))
    async let status = Command.finish(process)
    // Others may be before it.
    while !process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    let deadline = ContinuousClock.now + Command.patience
    while measurements == 0, process.isRunning, ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(measurements == 1)
    for signal in signals {
      if process.isRunning { kill(process.processIdentifier, signal) }
      // One after the other: the kernel would deliver both at once in another order.
      try await Task.sleep(for: .milliseconds(50))
    }
    return try await status
  }

  private func requireStop(by name: String) throws {
    #expect(measurements == 0)
    #expect(!folder.exists("made"))
    #expect(
      try folder.text("errors")
        .contains("stopped by \(name) after 0 of 5 measurements; no result was written\n"))
  }

  /// The measurements of this test's data that are under way.
  private var measurements: Int {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.count { process in
      guard Int(process) != nil,
        let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline")
      else { return false }
      let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      return words.dropFirst().first == "measure" && words.contains("--data=\(data)")
    }
  }
}
