import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import TrainerCommand

// The parser remembers in a global variable which shell asks for a script.
@Suite("Completion", .serialized)
struct CompletionTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["model.safetensors", "notes.txt", "config.yaml", "runs/a/config.json"] {
      try folder.write([], to: name)
    }
  }

  private static let fishPath = "/usr/bin/fish"
  private static var hasFish: Bool { FileManager.default.isExecutableFile(atPath: fishPath) }

  private static let bashScript = CompletionRoot.completionScript(for: .bash)

  /// The words that bash offers where the last word is being typed.
  private func bash(_ words: [String]) async throws -> [String] {
    try folder.write(
      Array(Self.bashScript.utf8), to: "completion.bash")
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    let program = """
      source completion.bash
      COMP_WORDS=(trainer \(quoted))
      COMP_CWORD=\(words.count)
      COMP_LINE="${COMP_WORDS[*]}"
      COMP_POINT=${#COMP_LINE}
      COMPREPLY=()
      _trainer trainer "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    return try await shell("/bin/bash", ["-c", program])
  }

  /// The lines that a shell prints.
  private func shell(_ path: String, _ arguments: [String]) async throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = folder.url
    process.environment = ["HOME": folder.url.path(), "PATH": "/usr/bin:/bin", "LC_ALL": "C"]
    process.standardInput = FileHandle.nullDevice
    let name = "out-\(UUID())"
    try folder.write([], to: name)
    process.standardOutput = FileHandle(forWritingAtPath: folder.path(name))
    process.standardError = FileHandle(forWritingAtPath: folder.path(name))
    #expect(try await Command.finish(process) == 0)
    return try folder.text(name).split(separator: "\n").map(String.init)
  }

  @Test(
    "in bash offers the options and values of training with and without its name",
    arguments: [[], ["train"], ["config"]])
  func training(_ prefix: [String]) async throws {
    #expect(try await bash(prefix + ["--opt"]) == ["--optimizer"])
    #expect(
      try await bash(prefix + ["--optimizer", "a"]) == ["adagrad", "adam", "adamw"])
    #expect(try await bash(prefix + ["--lr-schedule", "c"]) == ["constant", "cosine"])
    #expect(try await bash(prefix + ["--threads", "2", "--pin", "co"]) == ["compact"])
    #expect(
      try await bash(prefix + ["--dataset", ""]) == [
        "mnist", "fashion-mnist", "kmnist", "qmnist", "emnist-balanced", "emnist-byclass",
        "emnist-bymerge", "emnist-digits", "emnist-letters", "emnist-mnist",
      ])
    #expect(try await bash(prefix + ["--isa", "b"]) == ["baseline"])
    #expect(try await bash(prefix + ["--blas-core", "Has"]) == ["Haswell"])
    #expect(
      try await bash(prefix + ["--model", "mlp-"]) == ["mlp-small", "mlp-deep", "mlp-residual"])
  }

  @Test("in bash offers files and directories where an option takes one")
  func files() async throws {
    #expect(try await bash(["--output", "r"]) == ["runs"])
    #expect(try await bash(["--output", "n"]).isEmpty)
    #expect(try await bash(["--data", "runs/"]) == ["runs/a"])
    #expect(try await bash(["--init", "m"]) == ["model.safetensors"])
    #expect(try await bash(["--config", "c"]) == ["config.yaml"])
    #expect(try await bash(["evaluate", "--model", "m"]) == ["model.safetensors"])
    #expect(try await bash(["export", "--model", "m"]) == ["model.safetensors"])
    #expect(
      try await bash(["predict", "--model", "model.safetensors", "n"]) == ["notes.txt"])
    #expect(try await bash(["runs", "r"]) == ["runs"])
  }

  @Test("in bash offers the subcommands, and their own options behind them")
  func subcommands() async throws {
    #expect(try await bash(["ev"]) == ["evaluate"])
    #expect(try await bash(["data", "f"]) == ["fetch"])
    #expect(try await bash(["data", "fetch", "f"]) == ["fashion-mnist"])
    #expect(try await bash(["evaluate", "--opt"]).isEmpty)
    #expect(try await bash(["evaluate", "--mo"]) == ["--model"])
    #expect(try await bash(["runs", "--sort", "a"]) == ["accuracy"])
  }

  @Test(
    "in fish offers the same",
    .enabled(if: CompletionTests.hasFish, "there is no fish"))
  func fish() async throws {
    try folder.write(
      Array(CompletionRoot.completionScript(for: .fish).utf8), to: "completion.fish")
    func offered(_ line: String) async throws -> [String] {
      try await shell(
        Self.fishPath,
        ["--no-config", "-c", "source completion.fish; complete -C 'trainer \(line)'"]
      )
      .compactMap { $0.split(separator: "\t").first.map(String.init) }
    }
    #expect(try await offered("--opti") == ["--optimizer"])
    #expect(try await offered("--optimizer adag") == ["adagrad"])
    #expect(try await offered("--model cnn-d") == ["cnn-deep"])
    #expect(try await offered("evaluate --model m") == ["model.safetensors"])
    #expect(try await offered("evalu") == ["evaluate"])
    #expect(try await offered("evaluate --mod") == ["--model"])
    #expect(try await offered("train --lr-schedule cosi") == ["cosine"])
  }

  @Test("the command prints the script for each shell", arguments: ["bash", "zsh", "fish"])
  func script(shell: String) async throws {
    let result = try await Command.run(["--generate-completion-script", shell], in: folder)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    let known = try #require(CompletionShell(rawValue: shell))
    #expect(result.output == CompletionRoot.completionScript(for: known) + "\n")
  }

  @Test("a shell that is not known is refused")
  func unknownShell() async throws {
    let result = try await Command.run(["--generate-completion-script", "csh"], in: folder)
    #expect(result.status == 64)
    #expect(result.errors.contains("csh"))
  }
}
