import TestSupport
import Testing

@Suite("The digest")
struct DigestTests {
  private let folder: TemporaryFolder
  private let data: String

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  private func digest(
    _ options: [String], threads: Int, core: String? = nil
  ) async throws -> String {
    let result = try await Command.succeed(
      ["--data", data, "--epochs", "3", "--threads", "\(threads)", "--quiet"] + options
        + (core == nil ? [] : ["--engine", "openblas"]),
      environment: core.map { ["OPENBLAS_CORETYPE": $0] } ?? [:], in: folder)
    return try #require(result.digest)
  }

  @Test(
    "the same weights come from 1, 2, 3, 8 and 16 threads",
    arguments: [
      "", "--batch-size 100 --shard-size 16", "--batch-size 65", "--batch-size 513",
      "--batch-size 7 --epochs 1", "--batch-size 1 --no-batch-norm --epochs 1", "--engine openblas",
      "--dropout-mode vanilla", "--dropout 0", "--no-batch-norm", "--no-shuffle", "--hidden none",
      "--hidden 33,17,130", "--optimizer sgd", "--optimizer momentum", "--optimizer nesterov",
      "--optimizer adagrad", "--optimizer rmsprop", "--optimizer adamw",
    ], Processor.blasCores)
  func threadCount(_ options: String, core: String?) async throws {
    let words = options.split(separator: " ").map(String.init)
    let expected = try await digest(words, threads: 1, core: core)
    #expect(expected.wholeMatch(of: #/[0-9a-f]{64}/#) != nil)
    for threads in [2, 3, 8, 16] {
      #expect(try await digest(words, threads: threads, core: core) == expected)
    }
  }

  @Test("a run repeated ends with the same bits, and another seed with others")
  func seeds() async throws {
    let first = try await digest([], threads: 2)
    #expect(try await digest([], threads: 2) == first)
    #expect(try await digest(["--seed", "1"], threads: 2) != first)
  }

  @Test(
    "what enters the result changes the digest",
    arguments: [
      "--engine openblas", "--batch-size 256", "--lr 0.002", "--dropout 0.1", "--hidden 512",
      "--no-shuffle", "--weight-decay 0.1", "--dropout-mode vanilla", "--steps 5",
    ])
  func settings(_ options: String) async throws {
    let words = options.split(separator: " ").map(String.init)
    #expect(try await digest(words, threads: 2) != digest([], threads: 2))
  }

  @Test(
    "the size of shards does not change the digest",
    arguments: ["1", "8", "16", "64", "1000", "auto"],
    ["native", "openblas"])
  func shardSize(_ size: String, engine: String) async throws {
    // The last block has one row.
    let options = ["--engine", engine, "--batch-size", "129"]
    #expect(
      try await digest(options + ["--shard-size", size], threads: 1) == digest(options, threads: 3))
  }
}
