import Foundation
import Glibc
import TestSupport
import Testing

/// What a finished command left.
struct CommandResult: Sendable {
  /// The exit code; the negative signal number where a signal ended it.
  let status: Int32
  /// Standard output.
  let output: String
  /// Standard error.
  let errors: String

  var lines: [String] { output.split(separator: "\n").map(String.init) }

  /// The digest that a training run prints.
  var digest: String? {
    let prefix = "weights_digest "
    return lines.last { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }
}

enum CommandError: Error {
  case notBuilt(String)
  case noTerminal(Int32)
}

/// Runs the built binary with a clean environment.
enum Command {
  /// The time after which something that waits has hung.
  ///
  /// Tests that compute keep the threads of those that wait: on a busy machine, a test may notice
  /// minutes later that its process has come so far.
  static let patience = Duration.seconds(600)

  /// Each uses several threads: more at once would only slow each other down.
  private static let turnstile = Turnstile(places: 2)

  /// The binary is built into the folder of the test bundle that runs.
  static func path() throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let path = URL(fileURLWithPath: tests).deletingLastPathComponent().appending(path: "trainer")
    guard FileManager.default.isExecutableFile(atPath: path.path()) else {
      throw CommandError.notBuilt(path.path())
    }
    return path.path()
  }

  /// Variables that would change what the tests see.
  private static let removed = [
    "OPENBLAS_CORETYPE", "TRAINER_DATA", "XDG_CACHE_HOME", "TERM", "NO_COLOR",
  ]

  /// A process that is ready to run.
  ///
  /// - Parameters:
  ///   - arguments: The command's arguments; empty ones are passed on.
  ///   - environment: Variables beside the inherited ones.
  ///   - home: Where a user's cache would be.
  ///   - shell: A shell script that gets the binary as $0 and the arguments as $@, instead of the
  ///     binary itself.
  /// - Returns: The process, not yet started.
  /// - Throws: `CommandError` where there is no binary.
  static func process(
    _ arguments: [String], environment: [String: String] = [:], home: TemporaryFolder,
    shell: String? = nil
  ) throws -> Process {
    let process = Process()
    let binary = try path()
    if let shell {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", shell, binary] + arguments
    } else {
      process.executableURL = URL(fileURLWithPath: binary)
      process.arguments = arguments
    }
    var variables = ProcessInfo.processInfo.environment
    for name in removed { variables[name] = nil }
    variables["HOME"] = home.url.path()
    variables.merge(environment) { $1 }
    process.environment = variables
    process.currentDirectoryURL = home.url
    process.standardInput = FileHandle.nullDevice
    return process
  }

  /// Runs the command to its end, or kills it when the time is over.
  ///
  /// - Parameters:
  ///   - arguments: The command's arguments.
  ///   - environment: Variables beside the inherited ones.
  ///   - folder: The current directory, and the user's home.
  ///   - shell: As for ``process(_:environment:home:shell:)``.
  ///   - timeout: The time after which it is killed.
  ///   - inTurn: Whether it waits until few others run; false if another process of the same test
  ///     runs meanwhile.
  /// - Returns: What it left.
  /// - Throws: What starting it or reading its output throws.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], in folder: TemporaryFolder,
    shell: String? = nil, timeout: Duration = patience, inTurn: Bool = true
  ) async throws -> CommandResult {
    // Files, not pipes: nobody has to read while the command runs.
    let names = (output: "out-\(UUID())", errors: "err-\(UUID())")
    try folder.write([], to: names.output)
    try folder.write([], to: names.errors)
    let process = try process(
      arguments, environment: environment, home: folder, shell: shell)
    // Opened in its turn and closed at its end: hundreds of commands wait, Foundation keeps the
    // handles, and with more than a thousand of them it reads beyond the list of descriptors.
    var handles: [FileHandle] = []
    let status = try await finish(process, timeout: timeout, inTurn: inTurn) {
      handles = [names.output, names.errors].compactMap {
        FileHandle(forWritingAtPath: folder.path($0))
      }
      process.standardOutput = handles.first
      process.standardError = handles.last
    }
    for handle in handles { try handle.close() }
    return CommandResult(
      status: status, output: try folder.text(names.output),
      errors: try folder.text(names.errors))
  }

  /// Runs the command, which has to end well.
  @discardableResult
  static func succeed(
    _ arguments: [String], environment: [String: String] = [:], in folder: TemporaryFolder
  ) async throws -> CommandResult {
    let result = try await run(arguments, environment: environment, in: folder)
    try #require(result.status == 0, "\(result.errors)")
    return result
  }

  /// Starts a process and waits for its end.
  ///
  /// - Parameters:
  ///   - process: The process, not yet started.
  ///   - timeout: The time after which it is killed.
  ///   - inTurn: Whether it waits until few others run.
  ///   - prepare: Called just before it is started.
  /// - Returns: The exit code; the negative signal number where a signal ended it.
  /// - Throws: What the system says where it cannot be started.
  static func finish(
    _ process: Process, timeout: Duration = patience, inTurn: Bool = true,
    prepare: () -> Void = {}
  ) async throws -> Int32 {
    guard inTurn else {
      prepare()
      return try await status(of: process, timeout: timeout)
    }
    await turnstile.enter()
    prepare()
    do {
      let status = try await status(of: process, timeout: timeout)
      await turnstile.leave()
      return status
    } catch {
      await turnstile.leave()
      throw error
    }
  }

  private static func status(of process: Process, timeout: Duration) async throws -> Int32 {
    try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Int32, any Error>) in
      process.terminationHandler = { ended in
        continuation.resume(
          returning: ended.terminationReason == .exit
            ? ended.terminationStatus : -ended.terminationStatus)
      }
      do {
        try process.run()
      } catch {
        continuation.resume(throwing: error)
        return
      }
      let identifier = process.processIdentifier
      let seconds = Double(timeout.components.seconds)
      DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [weak process] in
        if let process, process.isRunning { kill(identifier, SIGKILL) }
      }
    }
  }
}
