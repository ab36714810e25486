import TestSupport
import Testing

@testable import TrainerCommand

@Suite("A command's name")
struct CommandNameTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test(
    "that is unknown is answered with the nearest and with all",
    arguments: [
      (
        ["eval", "--model", "m"],
        "unknown command 'eval'; did you mean 'evaluate'? Commands: train, config, evaluate, "
      ),
      (["evalaute"], "unknown command 'evalaute'; did you mean 'evaluate'?"),
      (["summary"], "unknown command 'summary'. Commands: train, config, evaluate, predict, runs"),
      (["version"], "unknown command 'version'; did you mean '--version'?"),
      (["Train"], "unknown command 'Train'; did you mean 'train'?"),
      (
        ["data", "ftech", "mnist"],
        "unknown command 'ftech' of data; did you mean 'fetch'? Commands: info, fetch, verify"
      ),
      ([""], "unknown command ''. Commands: "),
    ])
  func unknown(_ arguments: [String], message: String) async throws {
    let result = try await Command.run(arguments, in: folder)
    #expect(result.status == 64)
    #expect(result.errors.contains("trainer: error: " + message), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test("is no longer looked for behind an option, nor where a command takes arguments")
  func known() async throws {
    #expect(
      try await Command.run(["--epochs", "1", "extra"], in: folder).errors
        .contains("Unexpected argument 'extra'"))
    #expect(try await Command.run(["help", "data"], in: folder).status == 0)
    #expect(try await Command.run(["runs", "nowhere"], in: folder).status == 66)
  }

  @Test(
    "Options that are unknown are answered with those of the command",
    arguments: [
      (
        ["evaluate", "--model", "m", "--shard", "5"],
        "unknown option '--shard'; did you mean '--shard-size'?"
      ),
      (
        ["predict", "--model", "m", "--prob"],
        "unknown option '--prob'; did you mean '--probabilities'?"
      ),
      (["data", "--dat", "x"], "unknown option '--dat'; did you mean '--dataset' or '--data'?"),
      (["info", "--gpu"], "unknown option '--gpu'\n"),
    ])
  func options(_ arguments: [String], message: String) async throws {
    let result = try await Command.run(arguments, in: folder)
    #expect(result.status == 64)
    #expect(result.errors.contains("trainer: error: " + message), "\(result.errors)")
  }

  @Test(
    "A word is taken for what begins with it, then for the nearest",
    arguments: [
      ("batch", ["batch-size", "batch-norm"]), ("BATCH_S", ["batch-size"]), ("pim", ["pin"]),
      ("gpu", []), ("optimiser", ["optimizer"]), ("", []), ("zzzzzzzz", []),
    ])
  func spelling(word: String, names: [String]) {
    #expect(
      Spelling.suggestions(for: word, among: ["batch-size", "batch-norm", "pin", "optimizer"])
        == names)
  }
}
