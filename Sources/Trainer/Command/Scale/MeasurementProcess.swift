import Files
import Foundation
import Glibc
import Parallel
import Scaling
import Training

/// Starts `trainer measure` for one configuration at a time and reads what it prints.
///
/// A process of its own has memory that nobody has touched, as a user's run has.
struct MeasurementProcess {
  /// The options that are the same for all configurations.
  let arguments: [String]
  /// The words that start several ranks, before `-np`.
  let launcher: [String]

  /// Measures a configuration.
  ///
  /// - Parameter configuration: The configuration.
  /// - Returns: The figures.
  /// - Throws: `TrainerError` where the process cannot be started, fails or prints something else.
  func measure(_ configuration: MeasuredConfiguration) throws -> TrainingMeasurement {
    let program = OwnExecutable.pathForOthers
    let result = Result { try measure(configuration, program: program) }
    let now = OwnExecutable.pathForOthers
    // Built anew while the launcher was on its way to it: who knows which of the two was measured.
    return try now == program ? result.get() : measure(configuration, program: now)
  }

  private func measure(
    _ configuration: MeasuredConfiguration, program: String
  ) throws -> TrainingMeasurement {
    // What Foundation starts to watch it.
    try ThreadSupply.require(2, for: "a measurement")
    let process = Process()
    let launch =
      configuration.ranks == 1 ? [] : ["env"] + launcher + ["-np", "\(configuration.ranks)"]
    let words =
      launch + [
        program, "measure", "--threads=\(configuration.threads)",
        "--batch-size=\(configuration.batchSize)", "--shard-size=\(configuration.shardSize)",
      ] + arguments
    // `env` finds the launcher on the path.
    process.executableURL = URL(
      fileURLWithPath: configuration.ranks == 1 ? words[0] : "/usr/bin/env")
    process.arguments = Array(words.dropFirst())
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    do {
      try process.run()
    } catch {
      if let refusal = SystemRefusal.process(words[0], error: error) { throw refusal }
      throw TrainerError(
        .failed, "\(words[0]) cannot be started: \(SystemCall.text(of: error))")
    }
    let output = try read(pipe, of: process)
    process.waitUntilExit()
    let name = "the measurement of \(configuration.words)"
    guard process.terminationReason == .exit else {
      throw TrainerError(.failed, "\(name) was ended by signal \(process.terminationStatus)")
    }
    guard process.terminationStatus == 0 else {
      // It has said why on standard error.
      throw TrainerError(
        TrainerError.Code(rawValue: process.terminationStatus) ?? .failed,
        "\(name) ended with exit code \(process.terminationStatus)")
    }
    let measurement = try TrainingMeasurement(json: output, place: name)
    guard measurement.configuration == configuration else {
      throw TrainerError(
        .failed, "\(name) measured \(measurement.configuration.words) instead")
    }
    return measurement
  }

  /// How long a signal may wait that comes just before `poll` does, in milliseconds.
  private static let patience: Int32 = 100

  /// Reads all that a process prints; a signal to this process ends that one.
  private func read(_ pipe: Pipe, of process: Process) throws -> Data {
    let descriptor = pipe.fileHandleForReading.fileDescriptor
    var output = Data()
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var isEnding = false
    while true {
      if !isEnding, StopSignals.caught != nil {
        process.terminate()
        isEnding = true
      }
      var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&event, 1, Self.patience)
      if ready == 0 || (ready < 0 && errno == EINTR) { continue }
      let count = SystemCall.retrying { Glibc.read(descriptor, &chunk, chunk.count) }
      guard count >= 0 else {
        throw TrainerError(
          .failed, "what a measurement prints cannot be read: \(SystemCall.text(of: errno))")
      }
      if count == 0 { return output }
      output.append(contentsOf: chunk[..<count])
    }
  }
}
