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
      (
        ["prepare"],
        "unknown command 'prepare'. Commands: train, config, evaluate, predict, export, runs"
      ),
      (["tune"], "unknown command 'tune'. Commands: train, config, evaluate"),
      (["tarin"], "unknown command 'tarin'; did you mean 'train'?"),
      (["version"], "unknown command 'version'; did you mean '--version'?"),
      (["Train"], "unknown command 'Train'; did you mean 'train'?"),
      (
        ["data", "ftech", "mnist"],
        "unknown command 'ftech' of data; did you mean 'fetch'? Commands: info, fetch, import"
      ),
      ([""], "unknown command ''. Commands: "),
      (["data", "help"], "unknown command 'help' of data; did you mean '--help'? Commands: info"),
      (["data", "mnist"], "unknown command 'mnist' of data; did you mean '--dataset mnist'?"),
      (["help", "eval"], "unknown command 'eval'; did you mean 'evaluate'? Commands: train"),
      (["help", "data", "ftech"], "unknown command 'ftech' of data; did you mean 'fetch'?"),
      (
        ["--epochs", "1", "evaluate", "--model", "m1"],
        "the command 'evaluate' must come before all options: trainer evaluate\n"
      ),
      (["--epochs", "1", "evaluate"], "the command 'evaluate' must come before all options"),
      (
        ["data", "--data", "DIR", "info"],
        "the command 'info' must come before all options: trainer data info\n"
      ),
      (["data", "info", "mnist"], "Unexpected argument 'mnist'; did you mean '--dataset mnist'?"),
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
    for words in [["help", "data"], ["help", "data", "info"], ["help", "help"], ["help"]] {
      #expect(try await Command.run(words, in: folder).status == 0, "\(words)")
    }
    // A value that is a command's name too.
    #expect(
      try await Command.run(["--save", "evaluate", "--modle", "x"], in: folder).errors
        .contains("unknown option '--modle'"))
    #expect(try await Command.run(["runs", "nowhere"], in: folder).status == 66)
  }

  @Test(
    "options that are unknown are answered with those of the command",
    arguments: [
      (
        ["evaluate", "--model", "m", "--engin", "native"],
        "unknown option '--engin'; did you mean '--engine'?"
      ),
      (
        ["predict", "--model", "m", "--prob"],
        "unknown option '--prob'; did you mean '--probabilities'?"
      ),
      (["data", "--dat", "x"], "unknown option '--dat'; did you mean '--dataset' or '--data'?"),
      (["info", "--gpu"], "unknown option '--gpu'\n"),
      (["evaluate", "--mod", "m1"], "unknown option '--mod'; did you mean '--model'?\n"),
      (["predict", "--modle=m1", "a.png"], "unknown option '--modle'; did you mean '--model'?\n"),
      (["runs", "--js"], "unknown option '--js'; did you mean '--json'?\n"),
      (["predict", "--labels=--mod", "a"], "Missing expected argument '--model <path> ...'"),
      (["predict", "--labels", "x", "a"], "Missing expected argument '--model <path> ...'"),
    ])
  func options(_ arguments: [String], message: String) async throws {
    let result = try await Command.run(arguments, in: folder)
    #expect(result.status == 64)
    #expect(result.errors.contains("trainer: error: " + message), "\(result.errors)")
  }

  @Test(
    "a very long word is shown in part, and has no suggestion",
    arguments: [
      (["--"], "unknown option '--"), (["data", "info", "--"], "unknown option '--"),
      ([""], "unknown command '"), (["info", ""], "Unexpected argument '"),
    ])
  func longWords(_ arguments: [String], message: String) async throws {
    let head = arguments.last ?? ""
    let result = try await Command.run(
      Array(arguments.dropLast()) + [head + String(repeating: "x", count: 100_000)], in: folder)
    #expect(result.status == 64)
    let shown = head + String(repeating: "x", count: 80 - head.count) + "…'"
    #expect(
      result.errors.hasPrefix("trainer: error: \(message.dropLast(head.count))\(shown)"),
      "\(result.errors.prefix(500))")
    #expect(result.errors.utf8.count < 2000 && !result.errors.contains("did you mean"))
  }

  @Test(
    "a word is taken for what begins with it, then for the nearest",
    arguments: [
      ("batch", ["batch-size", "batch-norm"]), ("BATCH_S", ["batch-size"]), ("pim", ["pin"]),
      ("gpu", []), ("optimiser", ["optimizer"]), ("", []), ("zzzzzzzz", []),
      ("pin" + String(repeating: "n", count: 62), []),
    ])
  func spelling(word: String, names: [String]) {
    #expect(
      Spelling.suggestions(for: word, among: ["batch-size", "batch-norm", "pin", "optimizer"])
        == names)
  }
}
