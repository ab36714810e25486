import Foundation
import FoundationXML
import Glibc
import TestSupport
import Testing

@Suite("Augmented training by command")
struct AugmentationCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
  }

  private static let text = "flip,  Rotate 9.0"

  private func train(_ options: [String]) async throws -> CommandResult {
    try await Command.run(
      ["--data", "small", "--epochs", "2", "--hidden", "8", "--quiet"] + options, in: folder)
  }

  @Test("is recorded, shown, and refused to a run that is resumed with another")
  func recorded() async throws {
    let run = try await Command.succeed(
      [
        "--data", "small", "--epochs", "1", "--hidden", "8", "--output", "run", "--augment",
        Self.text,
      ], in: folder)
    #expect(run.output.contains("with: augment rotate 9, flip\n"))
    let record = try JSONObject(folder.text("run/config.json"))
    let settings = try #require(record["settings"] as? [String: Any])
    #expect(settings["augment"] as? String == "rotate 9, flip")

    let other = try await Command.run(
      ["--output", "run", "--resume", "--augment", "flip"], in: folder)
    #expect(other.status == 64)
    #expect(other.errors.contains("--augment is flip, but"))
    #expect(other.errors.contains("was written with rotate 9, flip"))
    let none = try await Command.run(
      ["--output", "run", "--resume", "--augment", "none"], in: folder)
    #expect(none.status == 64 && none.errors.contains("--augment is not given, but"))

    let resumed = try await Command.succeed(
      ["--output", "run", "--resume", "--epochs", "2", "--quiet", "--threads", "3"], in: folder)
    let unbroken = try await train(["--augment", Self.text, "--threads", "1"])
    #expect(resumed.digest == unbroken.digest && resumed.digest != nil)
    #expect(try await train([]).digest != unbroken.digest)
    #expect(try await train(["--augment", "none"]).digest == train([]).digest)
  }

  @Test("has the bits of an unbroken run after it was killed")
  func killed() async throws {
    let run = try LongRun()
    let augment = ["--augment", "rotate 10, scale 0.1, shift 1, elastic 6/2, erase 0.5"]
    _ = try await run.stopped(by: SIGKILL, augment)
    let steps = ["--steps", "\(try run.newestStep() + 60)"]
    let resumed = try await Command.succeed(
      ["--output", "run", "--resume", "--quiet", "--threads", "2"] + steps, in: run.folder)
    let unbroken = try await Command.succeed(
      ["--data", run.data] + LongRun.options + steps + ["--threads", "1"] + augment, in: run.folder)
    #expect(resumed.digest == unbroken.digest && resumed.digest != nil)
  }

  @Test("a text that is wrong is shown with a marker, on the command line and in a file")
  func errors() async throws {
    let run = try await train(["--augment", "rotate 15, scale 1.5"])
    #expect(run.status == 64)
    let lines = run.errors.split(separator: "\n")
    try #require(lines.count >= 3, "\(run.errors)")
    #expect(lines[0] == "trainer: error: --augment is not a list of transforms:")
    #expect(lines[1].trimmingCharacters(in: .whitespaces) == "rotate 15, scale 1.5")
    let marked =
      "^^^ character 18: found `1.5`, expected the SHARE of scale, at least 0 and less than 1"
    #expect(lines[2].trimmingCharacters(in: .whitespaces) == marked)
    let indents = lines[1...2].map { $0.prefix { $0 == " " }.count }
    #expect(indents[1] - indents[0] == "rotate 15, scale ".count)
    try folder.write(Array("epochs: 1\naugment: [flip, shift 9]\n".utf8), to: "a.yaml")
    let file = try await train(["--config", "a.yaml"])
    #expect(file.status == 64)
    #expect(
      file.errors.contains(
        "a.yaml: line 2: --augment has shift 9; it must be at most 8, the larger side of the images"
      ),
      "\(file.errors)")
    let winner = try await train(["--config", "a.yaml", "--augment", "none"])
    #expect(try await train([]).digest == winner.digest && winner.digest != nil)
  }

  @Test("can be measured, with the digest of training")
  func measured() async throws {
    let options = ["--data", "small", "--hidden", "8", "--batch-size", "50"]
    let measure = ["measure", "--warm-up", "3", "--steps", "6"] + options
    let augment = ["--augment", "elastic 9/2"]
    let measured = try await Command.succeed(measure + augment, in: folder)
    let digest = try #require(try JSONObject(measured.output)["digest"] as? String)
    let trained = try await Command.succeed(
      options + augment + ["--steps", "9", "--quiet"], in: folder)
    #expect(trained.digest == digest)
    let plain = try await Command.succeed(measure, in: folder)
    let other = try #require(try JSONObject(plain.output)["digest"] as? String)
    #expect(other != digest)
  }

  @Test("is previewed on a page of originals and distorted images")
  func preview() async throws {
    let arguments = [
      "data", "preview", "--data", "small", "--augment", "rotate 15, flip", "--count", "3",
      "--seed",
      "7", "--epoch", "4", "--output", "page.html",
    ]
    let result = try await Command.succeed(arguments, in: folder)
    #expect(result.output == "page.html: 3 images in epochs 4 to 11\n")
    let page = try folder.text("page.html")
    #expect(XMLParser(data: Data(page.dropFirst("<!DOCTYPE html>\n".count).utf8)).parse())
    let images = page.matches(of: #/<img src="(data:image/png;base64,[^"]+)"/#).map { $0.output.1 }
    #expect(images.count == 3 * 9)
    #expect(Set(images).count > 20)
    for word in [
      "small, augmented", "rotate 15, flip; seed 7", ">original<", ">epoch 4<", ">epoch 11<",
      "no. 2, class", "prefers-color-scheme: dark",
    ] {
      #expect(page.contains(word), "\(word)")
    }
    #expect(!page.contains("http"))
    // The same page again; another epoch has the same originals.
    _ = try await Command.succeed(arguments, in: folder)
    #expect(try folder.text("page.html") == page)
  }

  @Test(
    "a preview refuses what it cannot show",
    arguments: [
      (["--augment", "none"], "--augment, --mixup or --cutmix is needed"),
      ([], "--augment, --mixup or --cutmix is needed"),
      (["--mixup", "0"], "--mixup is 0.0; it must be above 0 and at most 100"),
      (["--augment", "flip", "--count", "0"], "--count is 0; it must be from 1 to 1000"),
      (["--augment", "flip", "--epoch", "0"], "--epoch is 0; it must be from 1 to 1000000"),
      (["--augment", "shift 9"], "--augment has shift 9; it must be at most 8"),
      (["--augment", "turn 9"], "^^^^ character 1: found `turn`"),
      (["--augment", "flip", "--output", ""], "--output has an empty value"),
      (
        ["--augment", "flip", "--output", "small/train-images-idx3-ubyte"],
        "--output is small/train-images-idx3-ubyte, a file of a data set, which is not replaced"
      ),
      (
        ["--augment", "flip", "--output", "small/classes.txt"],
        "--output is small/classes.txt, which would count as a file of the data set there"
      ),
      (
        ["--augment", "flip", "--output", "other/model.safetensors"],
        "--output is other/model.safetensors, a file of the run in "
      ),
    ])
  func refused(options: [String], words: String) async throws {
    try RunFiles(accuracies: [0.9], seconds: 1).write(to: "other", in: folder)
    let output = options.contains("--output") ? [] : ["--output", "page.html"]
    let result = try await Command.run(
      ["data", "preview", "--data", "small"] + output + options, in: folder)
    #expect(result.status == 64)
    #expect(result.errors.contains(words), "\(result.errors)")
  }
}
