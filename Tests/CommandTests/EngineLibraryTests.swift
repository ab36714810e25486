import Foundation
import TestSupport
import Testing

@Suite("OpenBLAS is loaded")
struct EngineLibraryTests {
  private let folder: TemporaryFolder

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
  }

  /// Commands that compute, with the native engine unless an option is added.
  private static let commands = [
    "--data small --epochs 1 --threads 2 --metrics metrics --output run",
    "evaluate --model model --data small",
    "predict --model model small/\(SmallDataset.testImages)",
    "measure --data small --hidden 16 --steps 2 --threads 2",
    "scale --data small --hidden 16 --batch-size 40 --steps 2 --repeats 1 --threads 1 --output out",
  ]

  /// Whether a command, or a process that it started, looked for OpenBLAS: the dynamic loader
  /// tells.
  private func loads(_ command: String, _ options: [String] = []) async throws -> Bool {
    let name = "loader-\(UUID())"
    try folder.write([], to: name + "/none")
    try await Command.succeed(
      command.split(separator: " ").map(String.init) + options,
      environment: ["LD_DEBUG": "libs", "LD_DEBUG_OUTPUT": folder.path(name) + "/of"], in: folder)
    let reports = try folder.names(in: name).filter { $0.hasPrefix("of") }
    try #require(!reports.isEmpty)
    return try reports.contains { try folder.text("\(name)/\($0)").contains("openblas") }
  }

  private func trainModel() async throws {
    try await Command.succeed(["--data", "small", "--steps", "1", "--save", "model"], in: folder)
  }

  @Test("by no command with the native engine", arguments: commands)
  func native(command: String) async throws {
    try await trainModel()
    #expect(try await !loads(command))
  }

  @Test("if it computes, and for its rate", arguments: commands + ["info"])
  func openBLAS(command: String) async throws {
    try await trainModel()
    #expect(try await loads(command, command == "info" ? [] : ["--engine", "openblas"]))
  }

  @Test("needlessly by none: a library that cannot be used stops only commands that need it")
  func unusable() async throws {
    try await trainModel()
    try folder.write(Array("no library".utf8), to: "lib/libopenblas.so.0")
    for command in Self.commands {
      try await Command.succeed(
        command.split(separator: " ").map(String.init),
        environment: ["LD_LIBRARY_PATH": folder.path("lib")], in: folder)
    }
  }
}
