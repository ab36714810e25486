import Glibc
import Training

/// What the process was started with, as bytes: Swift's own texts have other characters in the place
/// of what is not UTF-8, and would name other files.
enum ProcessInput {
  /// The variables that paths are made of.
  private static let pathVariables = ["TRAINER_DATA", "XDG_CACHE_HOME", "HOME"]

  /// Refuses arguments and paths in the environment that are not UTF-8.
  ///
  /// - Throws: `TrainerError` that names the first of them.
  static func requireUTF8() throws {
    let arguments = CommandLine.unsafeArgv
    for index in 0..<Int(CommandLine.argc) {
      guard let argument = arguments[index] else { continue }
      try require(argument, "argument \(index)")
    }
    for name in pathVariables {
      if let value = getenv(name) { try require(value, "the environment variable \(name)") }
    }
  }

  private static func require(_ text: UnsafePointer<CChar>, _ name: String) throws {
    guard String(validatingCString: text) == nil else { return }
    throw TrainerError(
      .usage,
      "\(name) is `\(String(cString: text))`, whose bytes are not UTF-8; it has to be UTF-8")
  }
}
