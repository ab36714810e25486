import Foundation
import TestSupport
import Testing

@Suite("What training says")
struct TrainingOutputTests {
  private let folder: TemporaryFolder
  private let data: String

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  private func train(_ options: [String]) async throws -> CommandResult {
    try await Command.run(["--data", data] + options, in: folder)
  }

  @Test("results come on standard output, and which data was taken on standard error")
  func streams() async throws {
    let result = try await train(["--epochs", "12", "--threads", "2"])
    #expect(result.status == 0)
    #expect(epochLines(result).count == 12)
    #expect(result.lines.last?.hasPrefix("weights_digest ") == true)
    #expect(!result.output.contains("Data set"))
    #expect(result.errors.contains("Data set small from \(data)"))
    #expect(!result.errors.contains("epoch"))
    #expect(!(result.output + result.errors).contains("\u{1B}"))
  }

  @Test("a quiet run says its digest alone")
  func quiet() async throws {
    let result = try await train(["--epochs", "1", "--threads", "2", "--quiet"])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.lines.count == 1)
    #expect(result.digest != nil)
  }

  @Test("steps end a run within an epoch")
  func steps() async throws {
    let result = try await train(["--batch-size", "100", "--steps", "8", "--threads", "1"])
    #expect((result.output + result.errors).contains(", 1 thread, seed 0"))
    let epochs = epochLines(result)
    #expect(epochs.count == 2)
    #expect(epochs.last?.hasPrefix(" 2/10 ") == true)
    #expect(
      result.lines.contains { $0.hasPrefix("last epoch  2, cut short by --steps, test accuracy ") },
      "\(result.output)")
    let whole = try await train(["--batch-size", "100", "--steps", "12", "--threads", "1"])
    #expect(!whole.output.contains("cut short"), "\(whole.output)")
  }

  @Test(
    "an option that does not do what it says is warned of once",
    arguments: [
      ("--warmup-steps 13", "--warmup-steps is 13, but the run has 12 steps: the learning rate"),
      ("--accumulate 7", "--accumulate is 7, but an epoch has 6 batches: each epoch makes one"),
      ("--hidden none --dropout 0.5", "--dropout is 0.5, but with --hidden none there is no"),
      ("--warmup-steps 12", nil), ("--accumulate 6", nil), ("--hidden none", nil),
      ("--hidden none --dropout 0", nil), ("--dropout 0.5", nil),
    ])
  func withoutEffect(options: String, warning: String?) async throws {
    let result = try await train(
      ["--epochs", "2", "--batch-size", "100", "--threads", "1", "--quiet"]
        + options.split(separator: " ").map(String.init))
    #expect(result.status == 0)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == (warning == nil ? 0 : 1), "\(result.errors)")
    if let warning {
      #expect(lines.first?.hasPrefix("trainer: warning: " + warning) == true, "\(result.errors)")
    }
  }

  /// The lines of the table, without its heading.
  private func epochLines(_ result: CommandResult) -> [String] {
    result.lines.filter { $0.prefixMatch(of: #/ *[0-9]+\/[0-9]+ /#) != nil }
  }

  @Test(
    "no line is longer than 80 columns, and the table has one heading",
    arguments: [[], ["--validation", "100"]])
  func width(_ options: [String]) async throws {
    let result = try await train(
      ["--epochs", "3", "--batch-size", "100", "--output", "run"] + options)
    #expect(result.status == 0)
    #expect(result.lines.allSatisfy { $0.count <= 80 }, "\(result.output)")
    #expect(result.lines.count { $0.contains("train loss") } == 1)
    #expect(result.lines.contains { $0.contains("val loss") } == !options.isEmpty)
    let resumed = try await train(["--epochs", "4", "--output", "run", "--resume"])
    #expect(resumed.lines.count { $0.contains("train loss") } == 1)
    #expect(epochLines(resumed).map { String($0.prefix(5)) } == ["  4/4"])
  }

  @Test("the last lines name the last and the best epoch, the time and the files, then the digest")
  func summary() async throws {
    let result = try await train(
      [
        "--epochs", "3", "--batch-size", "100", "--validation", "100", "--output", "run", "--save",
        "model",
      ])
    let ending = Array(result.lines.suffix(8))
    try #require(ending.count == 8)
    #expect(ending[0].hasPrefix("last epoch  3, test accuracy "), "\(result.output)")
    let last = Array(ending.dropFirst())
    #expect(
      last[0].contains(
        #/best epoch  [1-3], test accuracy [0-9.]+ %, smallest validation loss, [0-9.]+/#),
      "\(result.output)")
    #expect(last[1].hasPrefix("time        ") && last[1].hasSuffix(" s"))
    #expect(last[2] == "model       model")
    #expect(last[3] == "model       run/model.safetensors")
    #expect(last[4] == "best model  run/best.safetensors")
    #expect(last[5] == "report      run/report.html")
    #expect(last[6].hasPrefix("weights_digest "))
    let record = try JSONObject(folder.text("run/config.json"))
    // OpenBLAS's core is named if it computes.
    #expect(record["blas_core"] == nil && record["kernel"] == nil)
    for line in last[2...5] {
      #expect(folder.exists(String(line.split(separator: " ").last ?? "")), "\(line)")
    }
  }

  @Test("the last lines name no best model if the run ended within its first epoch")
  func noBestModel() async throws {
    let result = try await train(
      [
        "--epochs", "1", "--steps", "2", "--batch-size", "100", "--validation", "100", "--output",
        "run",
      ])
    #expect(result.lines.contains("model       run/model.safetensors"), "\(result.output)")
    #expect(result.lines.contains { $0.hasPrefix("best epoch  1, ") })
    #expect(!result.lines.contains { $0.hasPrefix("best model") })
    #expect(!folder.exists("run/best.safetensors"))
  }

  @Test("a run that keeps nothing says so, and how to keep it")
  func nothingKept() async throws {
    let lines = try await train(["--epochs", "1"]).lines
    #expect(lines.suffix(4).first?.hasPrefix("last epoch  1, test accuracy ") == true)
    #expect(!lines.contains { $0.hasPrefix("best epoch") })
    #expect(
      lines.suffix(2).first
        == "model       not kept; --output DIR keeps the model, metrics and a report")
    let saved = try await train(["--epochs", "1", "--save", "model"])
    #expect(!saved.output.contains("not kept"))
    #expect(saved.lines.suffix(2).first == "model       model")
  }

  @Test("a loss far above that of guessing is warned of once, and the run ends well")
  func divergence() async throws {
    let result = try await train(["--epochs", "3", "--lr", "1e9", "--quiet"])
    #expect(result.status == 0)
    let warnings = result.errors.split(separator: "\n")
    #expect(warnings.count == 1)
    #expect(
      warnings.first?.contains(
        #/the training loss of epoch 1 is [0-9.e+]+, that of guessing is 1\.39: .*--learning-rate/#)
        == true, "\(result.errors)")
  }

  @Test("more threads than leaves are warned of once, with what gives them work")
  func idleThreads() async throws {
    let result = try await train(["--epochs", "2", "--batch-size", "16", "--threads", "5"])
    #expect(result.status == 0)
    let warnings = result.errors.split(separator: "\n").filter { $0.contains("warning") }
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains("a batch of 16 has work for 2 of 5 threads") == true)
    #expect(warnings.first?.contains("--batch-size 40 gives all of them work") == true)
    // No batch is larger than the training set.
    let many = try await train(["--steps", "1", "--batch-size", "16", "--threads", "200"])
    #expect(many.errors.contains("--threads 2 is as fast"))
    #expect(!many.errors.contains("--batch-size"))
    let enough = try await train(["--epochs", "1", "--batch-size", "16", "--threads", "2"])
    #expect(!enough.errors.contains("warning"))
    let blocks = try await train(
      ["--steps", "1", "--batch-size", "100", "--threads", "3", "--engine", "openblas"])
    #expect(blocks.errors.contains("has work for 2 of 3 threads"))
  }

  @Test("more threads than CPUs are mentioned, unless the run is quiet")
  func sharedCPUs() async throws {
    let many = ["--steps", "1", "--threads", "40", "--batch-size", "320"]
    let errors = try await train(many).errors
    #expect(errors.contains("40 threads on "))
    #expect(errors.contains(" is usually faster, with the same result"))
    #expect(try await train(many + ["--quiet"]).errors.isEmpty)
    #expect(!(try await train(["--steps", "1", "--threads", "1"]).errors.contains("threads on")))
  }

  @Test("on a terminal a line shows the progress, and goes away", arguments: [true, false])
  func progress(_ isWanted: Bool) async throws {
    let terminal = try PseudoTerminal()
    let process = try Command.process(
      ["--data", data, "--epochs", "2", "--threads", "2"] + (isWanted ? [] : ["--no-progress"]),
      environment: ["TERM": "xterm"], home: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = terminal.commandSide
    #expect(try await Command.finish(process) == 0)
    let shown = try terminal.readAll()
    #expect(shown.contains("Data set small"))
    #expect(shown.contains(#/samples\/s +0:[0-9]+ left/#) == isWanted)
    #expect(shown.contains("\u{1B}[32m=") == isWanted)
    if isWanted { #expect(shown.hasSuffix("\r\u{1B}[K")) }
  }

  @Test("NO_COLOR takes the colors away, and leaves the progress")
  func noColor() async throws {
    let terminal = try PseudoTerminal()
    let process = try Command.process(
      ["--data", data, "--epochs", "2", "--threads", "2"],
      environment: ["TERM": "xterm", "NO_COLOR": "1"], home: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = terminal.commandSide
    #expect(try await Command.finish(process) == 0)
    let shown = try terminal.readAll()
    #expect(shown.contains("samples/s") && shown.contains("["))
    #expect(!shown.contains("\u{1B}[32m"))
  }

  @Test("a reader that goes away ends the run with a message and code 74")
  func closedPipe() async throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    try folder.write([], to: "errors")
    let process = try Command.process(
      ["--data", data, "--epochs", "2", "--threads", "2"], home: folder)
    process.standardOutput = pipe
    process.standardError = FileHandle(forWritingAtPath: folder.path("errors"))
    #expect(try await Command.finish(process) == 74)
    let errors = try folder.text("errors")
    #expect(
      errors.contains("trainer: error: standard output cannot be written: Broken pipe"))
    #expect(!errors.contains("Backtrace"))
  }

  @Test("a closed standard output is an error")
  func closedOutput() async throws {
    let result = try await Command.run(
      ["--data", data, "--epochs", "1"], in: folder, shell: #"exec "$0" "$@" >&-"#)
    #expect(result.status == 74)
    #expect(result.errors.contains("standard output cannot be written"))
  }

  @Test("with standard error closed, no message lands in another file")
  func closedErrors() async throws {
    let result = try await Command.run(
      ["--data", data, "--epochs", "1", "--threads", "9", "--metrics", "m"], in: folder,
      shell: #"exec "$0" "$@" 2>&-"#)
    #expect(result.status == 0)
    #expect(try JSONObject.lines(folder.text("m")).map(\.event) == ["start", "epoch", "end"])
  }

  @Test("eight threads are eight threads of the process, each with its name")
  func workers() async throws {
    let process = try Command.process(
      ["--data", data, "--epochs", "1000000", "--threads", "8", "--quiet"], home: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let end = Task { try await Command.finish(process) }
    let expected = Set((0..<8).map { "worker-\($0)" })
    var seen: Set<String> = []
    // Others may be before it.
    while !process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    let deadline = ContinuousClock.now + Command.patience
    while seen != expected, ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(20))
      seen = workerNames(of: process.processIdentifier)
    }
    #expect(seen == expected)
    // Nothing gentler: a child of a Dispatch thread starts with signals blocked.
    kill(process.processIdentifier, SIGKILL)
    #expect(try await end.value == -SIGKILL)
  }

  private func workerNames(of process: Int32) -> Set<String> {
    let tasks = "/proc/\(process)/task"
    // A thread may end between the two looks.
    guard let threads = FileManager.default.enumerator(atPath: tasks) else { return [] }
    threads.skipDescendants()
    var names: Set<String> = []
    for case let thread as String in threads where !thread.contains("/") {
      threads.skipDescendants()
      if let name = FileManager.default.contents(atPath: "\(tasks)/\(thread)/comm") {
        names.insert(
          String(decoding: name, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
    return names.filter { $0.hasPrefix("worker-") }
  }
}
