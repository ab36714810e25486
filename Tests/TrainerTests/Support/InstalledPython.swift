import Foundation
import TestSupport

/// The Python interpreter of this machine, where it is installed.
enum InstalledPython {
  /// A script that failed.
  struct Failure: Error {
    let status: Int32
    let errors: String
  }

  /// The interpreter that the tests are told to use, which then has to have the packages.
  private static let chosen = ProcessInfo.processInfo.environment["TRAINER_TEST_PYTHON"]

  /// Whether there is an interpreter with a package to test with.
  ///
  /// - Parameter package: The package's name.
  /// - Returns: Whether there is one.
  static func has(_ package: String) -> Bool {
    if chosen != nil { return true }
    let probe =
      "import importlib.util as u, sys; sys.exit(u.find_spec(sys.argv[1]) is None)"
    do {
      _ = try run(probe, [package])
      return true
    } catch {
      // No package, or nothing that could run Python.
      return false
    }
  }

  /// Runs a script.
  ///
  /// - Parameters:
  ///   - script: The script.
  ///   - arguments: Its arguments.
  /// - Returns: What it prints.
  /// - Throws: `Failure` where it fails.
  static func run(_ script: String, _ arguments: [String]) throws -> Data {
    // Files, not pipes: nobody has to read while Python runs.
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [chosen ?? "python3", "-c", script] + arguments
    let names = ["output", "errors"]
    for name in names { try folder.write([], to: name) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: folder.path("output"))
    process.standardError = FileHandle(forWritingAtPath: folder.path("errors"))
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(status: process.terminationStatus, errors: try folder.text("errors"))
    }
    return Data(try folder.bytes("output"))
  }
}
