import Foundation
import Glibc
import TestSupport
import Testing

/// Limits that hold for root too.
@Suite("What the system refuses", .timeLimit(.minutes(20)))
struct RefusalTests {
  private let folder: TemporaryFolder

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
  }

  private func train(limit: String, _ options: [String]) async throws -> CommandResult {
    try await Command.run(
      ["--data", "small", "--batch-size", "100", "--shard-size", "10", "--epochs", "1", "--quiet"]
        + options, in: folder, shell: limit + "; exec \"$0\" \"$@\"", timeout: .seconds(120))
  }

  @Test("threads: an error names how many there are and the limits, instead of a hang")
  func threads() async throws {
    // 200 stacks of 8 MiB.
    let result = try await train(
      limit: "ulimit -s 8192; ulimit -v 1200000", ["--threads", "200", "--output", "run"])
    #expect(result.status == 71, "\(result.errors)")
    let prefix = "trainer: error: cannot start 201 threads (200 workers and one that starts them): "
    #expect(result.errors.hasPrefix(prefix + "the system allows "), "\(result.errors)")
    #expect(result.errors.contains("RLIMIT_AS (ulimit -v) is 1.1 GiB"))
    #expect(result.errors.contains("; use a smaller --threads\n"), "\(result.errors)")
    #expect(!folder.exists("run"))
  }

  @Test("threads: each of them can be refused, and the run ends with its result or an error")
  func anyThread() async throws {
    let options = [
      "--data", "small", "--batch-size", "100", "--shard-size", "10", "--epochs", "1", "--threads",
      "4", "--quiet", "--output",
    ]
    let whole = try await Command.succeed(options + ["run"], in: folder)
    var numbers: (refused: [Int], done: [Int]) = ([], [])
    for number in 0..<100 {
      // From this one on: other processes took what the trial found.
      let fault = FaultInjection(
        path: "", call: .thread, error: EAGAIN, skipped: number, mark: folder.path("met-\(number)"))
      let result = try await Command.run(
        options + ["run-\(number)"], environment: fault.environment(in: folder), in: folder,
        timeout: .seconds(120))
      #expect([0, 71].contains(result.status), "thread \(number): \(result.status)")
      if result.status == 0 {
        numbers.done.append(number)
        #expect(result.digest == whole.digest)
      } else {
        numbers.refused.append(number)
        #expect(result.errors.contains("trainer: error: cannot start "), "\(result.errors)")
      }
      // The run had all of its threads.
      if !folder.exists("met-\(number)") { break }
    }
    // One or more load data, five are tried, one starts four. The last one writes the checkpoint.
    #expect(numbers.refused == Array(0..<numbers.refused.count) && numbers.refused.count >= 10)
    #expect(numbers.done.count >= 2, "runs that lack the last thread, and none")
  }

  @Test("memory: from one limit on a run trains; below it, it says before training what it lacks")
  func memory() async throws {
    var statuses: [Int32] = []
    for kibibytes in [150_000, 250_000, 300_000, 350_000, 400_000, 450_000, 600_000, 800_000] {
      let result = try await train(
        limit: "ulimit -s 8192; ulimit -v \(kibibytes)",
        ["--threads", "2", "--hidden", "2000,2000", "--output", "run-\(kibibytes)"])
      statuses.append(result.status)
      #expect((result.status == 0) == (result.digest != nil))
      if result.status != 0 {
        #expect(
          result.errors.contains("trainer: error: ")
            && result.errors.contains("(RLIMIT_AS (ulimit -v) is "), "\(result.errors)")
        #expect(!folder.exists("run-\(kibibytes)"))
      }
    }
    let refusals = statuses.prefix { $0 == 71 }.count
    #expect(refusals > 0 && refusals < statuses.count)
    #expect(statuses.dropFirst(refusals).allSatisfy { $0 == 0 }, "\(statuses)")
  }

  @Test("memory: close to what a run needs, it is refused before training or saves its model")
  func finalModel() async throws {
    func train(mebibytes: Int) async throws -> Bool {
      let name = "model-\(mebibytes)"
      let result = try await Command.run(
        [
          "--data", "small", "--batch-size", "100", "--shard-size", "10", "--epochs", "1",
          "--no-progress", "--hidden", "1000,1000", "--threads", "8", "--save", name,
        ], in: folder, shell: "ulimit -s 8192; ulimit -v \(mebibytes << 10); exec \"$0\" \"$@\"",
        timeout: .seconds(120))
      #expect([0, 71].contains(result.status), "\(mebibytes) MiB: \(result.status)")
      #expect((result.status == 0) == folder.exists(name))
      #expect(
        (result.status == 0) == result.output.contains("1/1"),
        "\(mebibytes) MiB: \(result.output)\(result.errors)")
      return result.status == 0
    }
    var (refused, granted) = (100, 800)
    while granted - refused > 2 {
      let middle = (refused + granted) / 2
      if try await train(mebibytes: middle) { granted = middle } else { refused = middle }
    }
    for step in 1...12 {
      #expect(try await !train(mebibytes: refused - 2 * step))
    }
  }

  @Test("memory: a network that a limit has no room for is refused before it is built")
  func network() async throws {
    let result = try await train(
      limit: "ulimit -v 2000000", ["--threads", "1", "--hidden", "20000,20000"])
    #expect(result.status == 71)
    #expect(
      result.errors.contains("needs at least ")
        && result.errors.contains("RLIMIT_AS (ulimit -v) allows 1.9 GiB"), "\(result.errors)")
  }

  @Test("memory: a run directory needs a checkpoint's more")
  func checkpoint() async throws {
    // Moments of Adam are twice the parameters; without a checkpoint 1.9 GiB is enough to start.
    let result = try await train(
      limit: "ulimit -v 2000000", ["--threads", "1", "--hidden", "9000,9000", "--output", "run"])
    #expect(result.status == 71)
    #expect(
      result.errors.contains("needs at least 2.")
        && result.errors.contains(" of memory, but RLIMIT_AS (ulimit -v) allows 1.9 GiB")
        && result.errors.contains(#/, [0-9.]+ MiB to evaluate, [0-9.]+ MiB for a checkpoint, /#),
      "\(result.errors)")
    #expect(!folder.exists("run"))
  }

  @Test("memory: images that a limit has no room to predict are refused")
  func prediction() async throws {
    try await Command.succeed(
      [
        "--data", "small", "--epochs", "1", "--batch-size", "50", "--hidden", "20000", "--quiet",
        "--save", "model",
      ], in: folder)
    let result = try await Command.run(
      ["predict", "--model", "model", "--threads", "240", "small/t10k-images-idx3-ubyte"],
      in: folder, shell: "ulimit -v 1000000; exec \"$0\" \"$@\"")
    #expect(result.status == 71)
    #expect(
      result.errors.contains("needs at least ")
        && result.errors.contains("; smaller --threads needs less"), "\(result.errors)")
  }

  @Test("memory: a file that zlib has no memory to unpack is refused, not called unreadable")
  func unpacking() async throws {
    let name = SmallDataset.trainingImages
    let packed = gzip(try folder.bytes("small/\(name)"))
    try FileManager.default.removeItem(atPath: folder.path("small/\(name)"))
    try folder.write(packed, to: "small/\(name).gz")
    let fault = FaultInjection(path: "inflateInit2_", call: .zlib)
    let result = try await Command.run(
      ["--data", "small"], environment: fault.environment(in: folder), in: folder)
    #expect(result.status == 71, "\(result.errors)")
    #expect(
      result.errors.contains("\(name).gz: zlib has no memory to unpack it ("), "\(result.errors)")
  }

  @Test("memory: an image that zlib has no memory to compress for the report is refused")
  func report() async throws {
    // Of a network that has learned nothing the report shows mistakes.
    let fault = FaultInjection(path: "compress2", call: .zlib)
    let result = try await Command.run(
      [
        "--data", "small", "--batch-size", "100", "--epochs", "1", "--lr", "1e-9", "--quiet",
        "--output", "run",
      ], environment: fault.environment(in: folder), in: folder)
    #expect(result.status == 71, "\(result.errors)")
    #expect(
      result.errors.contains("zlib has no memory to compress an image for a page ("),
      "\(result.errors)")
    #expect(folder.exists("run/model.safetensors"))
  }

  @Test("file descriptors: an error names the limit", arguments: [4, 5, 7, 10])
  func descriptors(count: Int) async throws {
    let result = try await train(limit: "ulimit -n \(count)", ["--threads", "2"])
    #expect(result.status == 71, "\(result.errors)")
    #expect(result.errors.hasPrefix("trainer: error: "), "\(result.errors)")
    #expect(
      result.errors.contains("(RLIMIT_NOFILE (ulimit -n) is \(count), at most \(count))"),
      "\(result.errors)")
    if count == 10 {
      #expect(result.errors.contains("8 file descriptors are needed, but the system allows "))
    }
  }

  @Test("file descriptors: a download names the limit", arguments: [5, 7, 10])
  func descriptorsOfDownload(count: Int) async throws {
    let result = try await Command.run(
      ["data", "fetch", "mnist", "--mirror", "http://127.0.0.1:9", "--directory", "fetched"],
      in: folder, shell: "ulimit -n \(count); exec \"$0\" \"$@\"")
    #expect(result.status == 71, "\(result.errors)")
    #expect(
      result.errors.contains("(RLIMIT_NOFILE (ulimit -n) is \(count), at most \(count))"),
      "\(result.errors)")
    #expect(!folder.exists("fetched"))
  }

  @Test("a library that is not OpenBLAS is told")
  func library() async throws {
    try folder.write(Array("no library".utf8), to: "lib/libopenblas.so.0")
    let variables = ["LD_LIBRARY_PATH": folder.path("lib")]
    let named = Processor.runsHaswell ? [["info", "--blas-core", "Haswell"]] : []
    for command in [["--data", "small", "--engine", "openblas"]] + named {
      let result = try await Command.run(command, environment: variables, in: folder)
      #expect(result.status == 70)
      #expect(
        result.errors.contains("trainer: error: OpenBLAS cannot be used: "), "\(result.errors)")
    }
    let info = try await Command.run(["info"], environment: variables, in: folder)
    #expect(info.status == 0)
    #expect(info.errors.contains("trainer: warning: OpenBLAS cannot be used: "), "\(info.errors)")
    #expect(info.lines.contains("OpenBLAS   cannot be used"))
    #expect(info.output.contains("FMA peak") && !info.output.contains("by OpenBLAS"))
  }
}

@Suite("A process that hangs")
struct HangTests {
  @Test("ends by the first SIGTERM, though signals ask for a checkpoint", .timeLimit(.minutes(20)))
  func first() async throws {
    let (folder, data) = try SmallDataset.inNewFolder()
    // Nobody reads it, so that opening it waits.
    try #require(mkfifo(folder.path("metrics"), 0o600) == 0)
    let process = try Command.process(
      ["--data", data, "--epochs", "1", "--output", "run", "--metrics", "metrics", "--quiet"],
      home: folder)
    async let status = Command.finish(process)
    while !folder.exists("run/.lock") { try await Task.sleep(for: .milliseconds(10)) }
    try await Task.sleep(for: .milliseconds(300))
    kill(process.processIdentifier, SIGTERM)
    #expect(try await status == -SIGTERM)
  }
}

#if !MPI
  @Suite("A launcher of several tasks, and a build without MPI")
  struct LauncherTests {
    private let folder: TemporaryFolder

    init() throws {
      (folder, _) = try SmallDataset.inNewFolder()
    }

    private func train(_ environment: [String: String]) async throws -> CommandResult {
      try await Command.run(
        ["--data", "small", "--batch-size", "100", "--epochs", "1", "--threads", "1", "--quiet"],
        environment: environment, in: folder)
    }

    @Test(
      "are refused, with the command that builds it",
      arguments: ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"])
    func refused(variable: String) async throws {
      let result = try await train([variable: "2"])
      #expect(result.status == 64)
      #expect(result.errors.contains("started 2 tasks (\(variable))"))
      #expect(result.errors.contains("swift build -c release --traits MPI"))
      let scale = try await Command.run(
        ["scale", "--data", "small", "--steps", "1", "--repeats", "1"],
        environment: [variable: "2"], in: folder)
      #expect(scale.status == 64)
    }

    @Test("are refused where only the rank is told", arguments: ["PMIX_RANK", "PMI_RANK"])
    func rankAlone(variable: String) async throws {
      let result = try await train([variable: "1"])
      #expect(result.status == 64)
      #expect(
        result.errors.contains("started several tasks (\(variable) is 1)"), "\(result.errors)")
    }

    @Test("train where tasks are said to be independent, or the process is the only one")
    func allowed() async throws {
      for environment in [
        ["OMPI_COMM_WORLD_SIZE": "2", "TRAINER_INDEPENDENT": "1"], ["OMPI_COMM_WORLD_SIZE": "1"],
        ["SLURM_NTASKS": "4", "SLURM_PROCID": "0"], ["PMIX_RANK": "0"],
        ["PMIX_RANK": "1", "TRAINER_INDEPENDENT": "1"],
      ] {
        #expect(try await train(environment).status == 0)
      }
    }
  }
#endif
