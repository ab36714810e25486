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

  @Test("that kills the measurement is named, with the usual reason")
  func killedMeasurement() async throws {
    #expect(try await status(after: [SIGKILL], toMeasurement: true) == 70)
    #expect(measurements.isEmpty)
    #expect(!folder.exists("made"))
    #expect(
      try folder.text("errors")
        .contains(" was ended by signal 9: the kernel kills processes when memory runs out, and "))
  }

  /// Sends signals during the first measurement, to the command or to the measurement, and waits
  /// for the end of the command.
  private func status(
    after signals: [Int32], toMeasurement: Bool = false, shell: String? = nil
  ) async throws -> Int32 {
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
    while measurements.isEmpty, process.isRunning, ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(measurements.count == 1)
    for signal in signals {
      let receivers = toMeasurement ? measurements : [process.processIdentifier]
      if process.isRunning { for receiver in receivers { kill(receiver, signal) } }
      // One after the other: the kernel would deliver both at once in another order.
      try await Task.sleep(for: .milliseconds(50))
    }
    return try await status
  }

  private func requireStop(by name: String) throws {
    #expect(measurements.isEmpty)
    #expect(!folder.exists("made"))
    #expect(
      try folder.text("errors")
        .contains("stopped by \(name) after 0 of 5 measurements; no result was written\n"))
  }

  /// The processes that measure with this test's data.
  private var measurements: [pid_t] {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.compactMap { pid_t($0) }.filter { process in
      guard let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline")
      else { return false }
      let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      return words.dropFirst().first == "measure" && words.contains("--data=\(data)")
    }
  }
}
