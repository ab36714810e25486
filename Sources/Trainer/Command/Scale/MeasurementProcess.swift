import Files
import Foundation
import Glibc
import Parallel
import Scaling
import Training

/// Runs `trainer measure` for one configuration at a time, and reads its output.
///
/// A new process has untouched memory, as a user's run has.
struct MeasurementProcess {
  /// The options that are equal for all configurations.
  let arguments: [String]
  /// The words of the command that starts ranks, before `-np`.
  let launcher: [String]

  /// Measures a configuration.
  ///
  /// - Parameter configuration: The configuration.
  /// - Returns: The measurement.
  /// - Throws: `TrainerError` if the process cannot be started, fails, or prints something else.
  func measure(_ configuration: MeasuredConfiguration) throws -> TrainingMeasurement {
    let program = OwnExecutable.pathForOthers
    let result = Result { try measure(configuration, program: program) }
    let now = OwnExecutable.pathForOthers
    // The program was replaced while the launcher looked it up, so it is unknown which one was
    // measured.
    return try now == program ? result.get() : measure(configuration, program: now)
  }

  private func measure(
    _ configuration: MeasuredConfiguration, program: String
  ) throws -> TrainingMeasurement {
    // The threads that Foundation starts to watch the process.
    try ThreadSupply.require(2, for: "a measurement")
    let process = Process()
    let launch =
      configuration.ranks == 1 ? [] : ["env"] + launcher + ["-np", "\(configuration.ranks)"]
    let words =
      launch + [
        program, "measure", "--threads=\(configuration.threads)",
        "--batch-size=\(configuration.batchSize)", "--shard-size=\(configuration.shardSize)",
      ] + arguments
    // `env` finds the launcher in PATH.
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
    let status = process.terminationStatus
    guard process.terminationReason == .exit else {
      let reason = status == SIGKILL ? Self.killReason : ""
      throw TrainerError(.failed, "\(name) was ended by signal \(status)\(reason)")
    }
    guard status == 0 else {
      // The process has printed the reason to standard error, unless a rank was killed: launchers
      // add 128 to its signal.
      let reason = status == 128 + SIGKILL ? Self.killReason : ""
      throw TrainerError(
        TrainerError.Code(rawValue: status) ?? .failed,
        "\(name) ended with exit code \(status)\(reason)")
    }
    let measurement = try TrainingMeasurement(json: output, place: name)
    guard measurement.configuration == configuration else {
      throw TrainerError(
        .failed, "\(name) measured \(measurement.configuration.words) instead")
    }
    return measurement
  }

  /// Why a process is killed, if nobody did it by hand.
  private static let killReason =
    ": the kernel kills processes when memory runs out, and `dmesg` says \"Out of memory\" then"

  /// The longest delay of a signal that arrives just before `poll`, in milliseconds.
  private static let pollTimeout: Int32 = 100

  /// Reads the whole output of a process.
  ///
  /// A signal to this process ends that one.
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
      let ready = poll(&event, 1, Self.pollTimeout)
      if ready == 0 || (ready < 0 && errno == EINTR) { continue }
      let count: Int
      do throws(SystemError) {
        count = try retrying { () throws(SystemError) in
          try chunk.withUnsafeMutableBufferPointer { buffer throws(SystemError) in
            try LinuxFileSystem().read(
              descriptor, into: UnsafeMutableRawBufferPointer(buffer), at: nil)
          }
        }
      } catch {
        throw TrainerError(.failed, "the output of a measurement cannot be read: \(error)")
      }
      if count == 0 { return output }
      output.append(contentsOf: chunk[..<count])
    }
  }
}
