import Files
import Foundation
import Glibc
import Training

/// The arguments and environment of the process as bytes.
///
/// Swift's strings replace bytes that are not UTF-8, and would name other files.
enum ProcessInput {
  /// The environment variables that are part of paths, besides those of options.
  private static let pathVariables = ["TRAINER_DATA", "XDG_CACHE_HOME", "HOME"]

  /// Throws an error if the arguments are unknown, and for arguments, and paths and options in the
  /// environment, that are not UTF-8.
  ///
  /// - Throws: `TrainerError` with the first of them.
  static func requireUTF8() throws {
    // Swift takes them from there; without them, a training with all defaults would start.
    guard CommandLine.argc > 0 else {
      throw TrainerError(
        .inputOutput,
        "/proc/self/cmdline: cannot be read, so the arguments are unknown; mount /proc")
    }
    let arguments = CommandLine.unsafeArgv
    for index in 0..<Int(CommandLine.argc) {
      guard let argument = arguments[index], !isUTF8(argument) else { continue }
      throw refusal(of: argument, "argument \(index)")
    }
    for name in ProcessInfo.processInfo.environment.keys.sorted() {
      // The names of options come last, since they take time.
      guard let value = getenv(name), !isUTF8(value),
        pathVariables.contains(name) || EnvironmentOptions.isOption(name)
      else { continue }
      throw refusal(of: value, "the environment variable \(name)")
    }
  }

  private static func isUTF8(_ text: UnsafePointer<CChar>) -> Bool {
    String(validatingCString: text) != nil
  }

  private static func refusal(of text: UnsafePointer<CChar>, _ name: String) -> TrainerError {
    TrainerError(.usage, "\(name) is `\(String(cString: text))`, which is not valid UTF-8")
  }
}
