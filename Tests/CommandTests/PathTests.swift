import Foundation
import TestSupport
import Testing

@Suite("Paths")
struct PathTests {
  private let folder: TemporaryFolder

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
    try folder.write([], to: "deep/er/here")
  }

  private let options = ["--batch-size", "100", "--hidden", "8", "--epochs", "1", "--quiet"]

  @Test("with .. are recorded so that a run resumes from any directory")
  func parents() async throws {
    let saved = try await Command.run(
      ["--data", "small", "--save", "deep/start"] + options, in: folder)
    #expect(saved.status == 0, "\(saved.errors)")
    let first = try await Command.run(
      ["--data", "../../small", "--init", "../start", "--output", "run", "--save", "../saved"]
        + options, in: folder, shell: "cd deep/er && exec \"$0\" \"$@\"")
    #expect(first.status == 0, "\(first.errors)")
    let record = try JSONObject(folder.text("deep/er/run/config.json"))
    let settings = try #require(record["settings"] as? [String: Any])
    let files = try #require(record["files"] as? [String: Any])
    let dataset = try #require(record["dataset"] as? [String: Any])
    let root = URL(fileURLWithPath: folder.path("")).resolvingSymlinksInPath().path
    #expect(settings["data"] as? String == root + "/small")
    #expect(settings["init"] as? String == root + "/deep/start")
    #expect(files["save"] as? String == root + "/deep/saved")
    #expect(dataset["directory"] as? String == root + "/small")
    let resumed = try await Command.run(
      ["--output", "deep/er/run", "--resume", "--epochs", "2", "--quiet"], in: folder)
    #expect(resumed.status == 0, "\(resumed.errors)")
  }

  @Test("whose bytes are not UTF-8 are refused, in arguments and in the environment")
  func otherBytes() async throws {
    let cases = [
      ("exec \"$0\" --data small --output \"$(printf 'o\\377')\"", "argument 4 is `o\u{FFFD}`"),
      ("exec \"$0\" evaluate --model \"$(printf '\\351')\"", "argument 3 is"),
      (
        "TRAINER_DATA=\"$(printf 'd\\377')\" exec \"$0\" --dataset mnist",
        "the environment variable TRAINER_DATA is `d\u{FFFD}`"
      ),
      (
        "TRAINER_METRICS=\"$(printf 'm\\377')\" exec \"$0\" --data small --epochs 1",
        "the environment variable TRAINER_METRICS is `m\u{FFFD}`"
      ),
      (
        "TRAINER_CONFIG=\"$(printf 'c\\377')\" exec \"$0\" config",
        "the environment variable TRAINER_CONFIG is `c\u{FFFD}`"
      ),
    ]
    for (shell, message) in cases {
      let result = try await Command.run([], in: folder, shell: shell)
      #expect(result.status == 64)
      #expect(result.errors.contains(message), "\(result.errors)")
      #expect(result.errors.contains("not valid UTF-8"))
    }
    #expect(!folder.exists("o\u{FFFD}") && !folder.exists("m\u{FFFD}"))
    // Those of other programs do not matter.
    let other = try await Command.run(
      [], in: folder, shell: "TRAINER_NOTE=\"$(printf '\\377')\" exec \"$0\" models")
    #expect(other.status == 0, "\(other.errors)")
  }

  @Test("of lines are not the file of standard output, unless that is appended to")
  func standardOutput() async throws {
    for (redirection, path, status) in [
      (">", "/dev/stdout", 64), (">", "out", 64), (">>", "/dev/stdout", 0), (">", "other", 0),
    ] {
      let result = try await Command.run(
        ["--data", "small", "--metrics", path] + options, in: folder,
        shell: "exec \"$0\" \"$@\" \(redirection) out")
      #expect(result.status == status, "\(redirection) \(path): \(result.errors)")
      #expect(result.errors.contains("the file of standard output") == (status == 64))
    }
  }

  @Test(
    "of two outputs, or of an input and an output, that are one file are refused",
    arguments: [
      (["--save", "x", "--metrics", "dangling"], "--save and --metrics are the same file"),
      (["--save", "x", "--profile", "deep/../x"], "--save and --profile are the same file"),
      (
        ["--config", "empty.yaml", "--metrics", "empty.yaml"],
        "--config and --metrics are the same"
      ),
      (["--config", "empty.yaml", "--save", "deep/config"], "--config and --save are the same"),
      (["--config", "empty.yaml", "--metrics", "hard"], "--config and --metrics are the same"),
      (["--metrics", "hard images"], "a file of the data set in small"),
      (["--output", "run", "--metrics", "run/.lock"], "which --output run writes itself"),
      (["--output", "run", "--save", "run/checkpoints/x"], "which --output run writes itself"),
      (
        ["--output", "run", "--tensorboard", "run/checkpoints"],
        "which --output run writes itself"
      ),
      (["--save", "x", "--output", "x"], "--save is x, which --output x makes a directory"),
      (["--metrics", "x", "--output", "x/run"], "--metrics is x, which --output x/run makes a"),
      (["--save", "x", "--tensorboard", "x/events"], "which --tensorboard x/events makes a"),
      (["--save", "small/train-images-idx3-ubyte"], "a file of the data set in small"),
      (
        ["--output", "packed/classes.txt"],
        "--output is packed/classes.txt, which would count as a file of the data set there"
      ),
      (
        ["--output", "packed/classes.txt/a/run"],
        "--output is packed/classes.txt/a/run, whose folder classes.txt would count as a file of "
          + "the data set there"
      ),
      (
        ["--tensorboard", "packed/no/../fetched.json/x"],
        "whose folder fetched.json would count as a file of the data set there"
      ),
      (
        ["--tensorboard", "packed/classes.txt/../events"],
        "whose folder classes.txt would count as a file of the data set there"
      ),
      (
        ["--output", "small/classes.txt/run"],
        "whose folder classes.txt would count as a file of the data set there"
      ),
      (["--metrics", "images"], "a file of the data set in small"),
      (["--save", "small/t10k-labels-idx1-ubyte.gz"], "a file of the data set in small"),
      (
        ["--save", "other/train-images-idx3-ubyte"],
        "--save is other/train-images-idx3-ubyte, a file of a data set, which is not replaced"
      ),
      (["--metrics", "other/t10k-labels.idx1-ubyte.gz"], "a file of a data set, which is not"),
      (["--profile", "images of other"], "a file of a data set, which is not"),
      (
        ["--save", "other/classes.txt"],
        "--save is other/classes.txt, a file of a data set, which is not replaced"
      ),
      (["--metrics", "other/fetched.json"], "a file of a data set, which is not replaced"),
      (["--profile", "names of other"], "a file of a data set, which is not replaced"),
      (
        ["--save", "packed/classes.txt"],
        "--save is packed/classes.txt, which would count as a file of the data set there"
      ),
      (
        ["--save", "packed/train-images-idx3-ubyte"],
        "which would count as a file of the data set there"
      ),
      (
        ["--metrics", "packed/train-images.idx3-ubyte"],
        "would count as a file of the data set there"
      ),
    ])
  func sameFile(more: [String], message: String) async throws {
    for (name, target) in [
      ("dangling", "x"), ("deep/config", "../empty.yaml"),
      ("images", "small/train-images-idx3-ubyte"),
      ("images of other", "other/train-images-idx3-ubyte"),
      ("names of other", "other/classes.txt"),
    ] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path(name), withDestinationPath: target)
    }
    try folder.write(Array("# nothing\n".utf8), to: "empty.yaml")
    let others = [
      "other/train-images-idx3-ubyte", "other/t10k-labels.idx1-ubyte.gz", "other/classes.txt",
      "other/fetched.json", "packed/train-images-idx3-ubyte.gz",
    ]
    for name in others { try folder.write([7], to: name) }
    let files = FileManager.default
    try files.linkItem(atPath: folder.path("empty.yaml"), toPath: folder.path("hard"))
    try files.linkItem(
      atPath: folder.path("small/train-images-idx3-ubyte"), toPath: folder.path("hard images"))
    let before = try folder.names(in: "small").map { try folder.bytes("small/\($0)") }
    let result = try await Command.run(["--data", "small"] + more + options, in: folder)
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(try folder.text("empty.yaml") == "# nothing\n")
    #expect(try folder.names(in: "small").map { try folder.bytes("small/\($0)") } == before)
    #expect(try others.allSatisfy { try folder.bytes($0) == [7] })
    #expect(try folder.names(in: "packed") == ["train-images-idx3-ubyte.gz"])
    #expect(!folder.exists("x") && !folder.exists("run"))
  }

  @Test(
    "of another run's files are refused",
    arguments: [
      "--save-init", "--save", "--metrics", "--prometheus", "--profile", "--tensorboard",
    ],
    [".lock", "config.json", "checkpoints/x", "link"])
  func otherRun(option: String, name: String) async throws {
    var files = RunFiles()
    files.settings["seed"] = 1
    _ = try files.write(to: "other", in: folder)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("other/link"), withDestinationPath: "model.safetensors")
    let before = try folder.names(in: "other")
    let config = try folder.bytes("other/config.json")
    let result = try await Command.run(
      ["--data", "small", option, "other/\(name)"] + options, in: folder)
    #expect(result.status == 64, "\(result.errors)")
    let owner = URL(fileURLWithPath: folder.path("other")).resolvingSymlinksInPath().path
    #expect(
      result.errors.contains("\(option) is other/\(name), a file of the run in \(owner)"),
      "\(result.errors)")
    #expect(try folder.names(in: "other") == before)
    #expect(try folder.bytes("other/config.json") == config)
  }

  @Test("of a run inside another run's checkpoints are refused, also where its record is damaged")
  func insideCheckpoints() async throws {
    for name in ["other/.lock", "other/checkpoints/x", "other/config.json"] {
      try folder.write([1], to: name)
    }
    let result = try await Command.run(
      ["--data", "small", "--output", "other/checkpoints/new"] + options, in: folder)
    #expect(result.status == 64, "\(result.errors)")
    #expect(!folder.exists("other/checkpoints/new"))
  }

  @Test("with the names of a run's files are accepted in a folder that is no run directory")
  func noRun() async throws {
    try folder.write(Array("{\"format\": \"another\"}".utf8), to: "mine/config.json")
    for _ in 0..<2 {
      let result = try await Command.run(
        [
          "--data", "small", "--save", "mine/model.safetensors", "--metrics", "mine/metrics.jsonl",
        ] + options, in: folder)
      #expect(result.status == 0, "\(result.errors)")
    }
  }

  @Test("of other files in a run directory, and of data, are accepted")
  func otherFiles() async throws {
    try folder.write([], to: "run/notes")
    // Without a data set beside it, the name means nothing.
    try folder.write([7], to: "notes/classes.txt")
    let result = try await Command.run(
      [
        "--data", "small", "--output", "run", "--save", "run/mine.safetensors", "--metrics",
        "small/metrics", "--tensorboard", "run/events", "--profile", "notes/classes.txt",
      ] + options, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try folder.bytes("notes/classes.txt") != [7])
    #expect(folder.exists("run/mine.safetensors") && folder.exists("small/metrics"))
  }
}
