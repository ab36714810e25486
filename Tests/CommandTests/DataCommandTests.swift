import Foundation
import TestSupport
import Testing

@testable import TrainerCommand

@Suite("Data that is odd, small or out of reach")
struct DataCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try SmallDataset.inNewFolder().folder
  }

  /// Writes the small data set with other labels, or fewer samples to train on.
  private func write(
    _ name: String, count: Int = SmallDataset.trainingCount,
    label: (UInt8) -> UInt8 = { $0 }
  ) throws {
    var set = SmallDataset()
    let pixels = try #require(set.files[SmallDataset.trainingImages]).dropFirst(16)
    let labels = try #require(set.files[SmallDataset.trainingLabels]).dropFirst(8)
    let tests = try #require(set.files[SmallDataset.testLabels])
    set.files[SmallDataset.trainingImages] =
      SmallDataset.imageHeader(count: count)
      + pixels.prefix(count * SmallDataset.side * SmallDataset.side)
    set.files[SmallDataset.trainingLabels] =
      SmallDataset.header(type: 8, dimensions: [count]) + labels.prefix(count).map(label)
    set.files[SmallDataset.testLabels] = Array(tests[..<8]) + tests[8...].map(label)
    try set.write(to: name, in: folder)
  }

  private func train(_ options: [String]) async throws -> CommandResult {
    try await Command.run(["--epochs", "1", "--hidden", "8"] + options, in: folder)
  }

  @Test("a class without training samples is warned about in training and by data info")
  func emptyClass() async throws {
    try write("letters", label: { $0 + 1 })
    let warning =
      "trainer: warning: letters in letters: no training sample of class 0; if the labels count"
    let run = try await train(["--data", "letters", "--quiet"])
    #expect(run.status == 0)
    #expect(run.errors.contains(warning))
    let info = try await Command.run(["data", "info", "--data", "letters"], in: folder)
    #expect(info.output.contains("5 classes"))
    #expect(info.errors.contains(warning))
  }

  @Test("a single class is reported, and counted as one")
  func oneClass() async throws {
    try write("one", label: { _ in 0 })
    let run = try await train(["--data", "one"])
    #expect(run.status == 0)
    #expect(run.errors.contains("every training sample has class 0"))
    #expect(run.output.contains("8x8, 1 class\n"))
    let info = try await Command.run(["data", "info", "--data", "one"], in: folder)
    #expect(info.output.contains("8x8, 1 class,"))
    let good = try await Command.run(["data", "info", "--data", "small"], in: folder)
    #expect(good.errors.isEmpty)
  }

  @Test(
    "the default batch is cut to the training samples, with a note, and recorded as it is",
    arguments: [
      (200, "", 200, "there are no more training samples"),
      (513, "", 511, "512 would leave a last batch of one sample"),
      (600, "--validation 500", 100, "there are no more training samples"),
    ])
  func defaultBatch(count: Int, options: String, size: Int, reason: String) async throws {
    try write("few", count: count)
    let words = options.split(separator: " ").map(String.init)
    let run = try await train(["--data", "few", "--output", "run"] + words)
    #expect(run.status == 0)
    #expect(
      run.errors.contains(
        "The batch size is \(size), because \(reason); choose another with --batch-size"))
    #expect(run.output.contains("\nbatch \(size) in shards"))
    let record = try JSONObject(folder.text("run/config.json"))
    let settings = try #require(record["settings"] as? [String: Any])
    #expect(settings["batch-size"] as? Int == size)
    let resumed = try await Command.run(
      ["--output", "run", "--resume", "--epochs", "2"], in: folder)
    #expect(resumed.status == 0)
    #expect(!resumed.errors.contains("The batch size is"))
    let given = try await train(
      ["--data", "few", "--batch-size", "\(size)", "--quiet"] + words)
    #expect(given.errors.isEmpty)
    #expect(run.digest == given.digest)
  }

  @Test("a batch that was asked for is not cut")
  func givenBatch() async throws {
    try write("few", count: 200)
    let large = try await train(["--data", "few", "--batch-size", "512"])
    #expect(large.status == 64)
    #expect(large.errors.contains("--batch-size is 512; it must be from 1 to 200"))
    try write("odd", count: 513)
    let single = try await train(["--data", "odd", "--batch-size", "512"])
    #expect(single.status == 64)
    #expect(single.errors.contains("use --batch-size 511 or a model without bn"))
  }

  @Test("a home directory that cannot be searched is reported, and data found elsewhere are used")
  func unreadableHome() async throws {
    // A link to itself is refused to root too.
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("home"), withDestinationPath: "home")
    let environment = ["HOME": folder.path("home")]
    let info = try await Command.run(["info"], environment: environment, in: folder)
    #expect(info.status == 0)
    #expect(info.output.contains("data set   fashion-mnist"))
    #expect(
      info.errors.contains("home/.cache/trainer/mnist/train-images-idx3-ubyte: cannot look for"))
    let missing = try await Command.run(
      ["--dataset", "mnist"], environment: environment, in: folder)
    #expect(missing.status == 66)
    #expect(missing.errors.contains("This place could not be searched: "))
    try FileManager.default.createDirectory(
      atPath: folder.path("sets"), withIntermediateDirectories: true)
    try SmallDataset().write(to: "sets/mnist", in: folder)
    let found = try await Command.run(
      ["--epochs", "1", "--hidden", "8", "--quiet"],
      environment: environment.merging(["TRAINER_DATA": folder.path("sets")]) { $1 }, in: folder)
    #expect(found.status == 0)
  }

  @Test("a failed fetch reports the reason once, and leaves no directory")
  func fetchFails() async throws {
    let result = try await Command.run(
      ["data", "fetch", "MNIST", "--mirror", "file:///nowhere"], in: folder)
    #expect(result.status == 74)
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(result.errors.contains("/nowhere/train-images-idx3-ubyte.gz"))
    #expect(!folder.exists(".cache"))
  }

  @Test("a fetch without a cache says which variable is not right, and how to go on")
  func fetchWithoutCache() async throws {
    for (cache, problem) in [("", "not set"), ("relative", "not an absolute path")] {
      let result = try await Command.run(
        ["data", "fetch", "mnist"], environment: ["XDG_CACHE_HOME": cache, "HOME": ""], in: folder)
      #expect(result.status == 64)
      #expect(
        result.errors.contains("XDG_CACHE_HOME is \(problem) and HOME is not set; give "),
        "\(result.errors)")
    }
  }

  @Test("a fetch into a folder that would count as a file of another data set is refused")
  func fetchIntoDataset() async throws {
    try folder.write([7], to: "other/train-images-idx3-ubyte.gz")
    for (path, words) in [("classes.txt", "which"), ("classes.txt/x", "whose folder classes.txt")] {
      let result = try await Command.run(
        ["data", "fetch", "mnist", "--mirror", "file:///none", "--directory", "other/\(path)"],
        in: folder)
      #expect(result.status == 64)
      let message =
        "--directory is other/\(path), \(words) would count as a file of the data set there"
      #expect(result.errors.contains(message), "\(result.errors)")
    }
    #expect(try folder.names(in: "other") == ["train-images-idx3-ubyte.gz"])
  }

  @Test("a fetch into a file is refused before any download")
  func fetchIntoFile() async throws {
    try folder.write([1], to: "a.yml")
    let result = try await Command.run(
      ["data", "fetch", "mnist", "--directory", "a.yml"], in: folder)
    #expect(result.status == 74)
    #expect(result.errors == "trainer: error: a.yml: found a file, expected a directory\n")
  }

  @Test(
    "published data under another's name is warned about",
    .enabled(if: FileManager.default.fileExists(atPath: "/usr/share/datasets/fashion-mnist")))
  func otherName() async throws {
    let place = "/usr/share/datasets/fashion-mnist"
    for command in [["data", "info"], ["--steps", "1", "--hidden", "8", "--quiet"]] {
      let wrong = try await Command.run(
        command + ["--dataset", "mnist", "--data", place], in: folder)
      #expect(wrong.status == 0)
      #expect(
        wrong.errors.contains(
          "trainer: warning: mnist in \(place): found the training labels of Fashion-MNIST, by "
            + "their SHA-256; --dataset fashion-mnist is the right name"), "\(wrong.errors)")
      let right = try await Command.run(command + ["--data", place], in: folder)
      #expect(!right.errors.contains("warning"), "\(right.errors)")
    }
  }

  @Test("the progress of a fetch starts with its numbers, so that a terminal cuts only the address")
  func fetchProgress() {
    let source = "http://" + String(repeating: "long.", count: 40)
    let line = FetchCommand.progress(
      "train-images-idx3-ubyte.gz", from: source, bytes: 1_234_567, expected: 9_912_422)
    #expect(line.hasPrefix("1234567 of 9912422 bytes  12 %  train-images-idx3-ubyte.gz from http"))
    let unknown = FetchCommand.progress(
      "t10k-labels-idx1-ubyte.gz", from: "x", bytes: 5, expected: nil)
    #expect(unknown == "5 bytes  t10k-labels-idx1-ubyte.gz from x")
  }
}
