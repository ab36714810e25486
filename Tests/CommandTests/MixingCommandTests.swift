import Foundation
import FoundationXML
import Glibc
import TestSupport
import Testing

@Suite("Training on mixed samples by command")
struct MixingCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
  }

  private static let options = ["--data", "small", "--hidden", "8"]

  @Test("is recorded, shown, and refused to a run that is resumed with another")
  func recorded() async throws {
    let mixing = ["--mixup", "0.2", "--cutmix", "1"]
    let run = try await Command.succeed(
      Self.options + mixing + ["--epochs", "1", "--output", "run"], in: folder)
    #expect(run.output.contains("with: mixup 0.2, cutmix 1.0\n"))
    let record = try JSONObject(folder.text("run/config.json"))
    let settings = try #require(record["settings"] as? [String: Any])
    #expect(settings["mixup"] as? Double == 0.2 && settings["cutmix"] as? Double == 1)

    let other = try await Command.run(
      ["--output", "run", "--resume", "--cutmix", "0.5"], in: folder)
    #expect(other.status == 64)
    #expect(other.errors.contains("--cutmix is 0.5, but"), "\(other.errors)")
    #expect(other.errors.contains("was written with 1.0"))

    let resumed = try await Command.succeed(
      ["--output", "run", "--resume", "--epochs", "2", "--quiet", "--threads", "3"], in: folder)
    try folder.write(Array("epochs: 2\nmixup: 0.2\ncutmix: 1\n".utf8), to: "a.yaml")
    let unbroken = try await Command.succeed(
      Self.options + ["--config", "a.yaml", "--quiet", "--threads", "1"], in: folder)
    #expect(resumed.digest == unbroken.digest && resumed.digest != nil)
  }

  @Test("is printed by config, and a wrong value in a file is an error of its line")
  func configuration() async throws {
    let result = try await Command.succeed(
      ["config", "--mixup", "0.2", "--cutmix", "1"], in: folder)
    #expect(result.lines.contains("mixup: 0.2") && result.lines.contains("cutmix: 1.0"))
    let plain = try await Command.succeed(["config"], in: folder)
    #expect(!plain.output.contains("mixup") && !plain.output.contains("cutmix"))
    try folder.write(Array("epochs: 1\nmixup: 0\n".utf8), to: "a.yaml")
    let wrong = try await Command.run(Self.options + ["--config", "a.yaml"], in: folder)
    #expect(wrong.status == 64)
    #expect(
      wrong.errors.contains("a.yaml: line 2: --mixup is 0.0; it must be above 0 and at most 100"),
      "\(wrong.errors)")
  }

  @Test("has the bits of an unbroken run after it was killed")
  func killed() async throws {
    let run = try LongRun()
    let options = ["--augment", "rotate 10, elastic 6/2", "--mixup", "0.4", "--cutmix", "1"]
    _ = try await run.stopped(by: SIGKILL, options)
    let steps = ["--steps", "\(try run.newestStep() + 60)"]
    let resumed = try await Command.succeed(
      ["--output", "run", "--resume", "--quiet", "--threads", "2"] + steps, in: run.folder)
    let unbroken = try await Command.succeed(
      ["--data", run.data] + LongRun.options + steps + ["--threads", "1"] + options,
      in: run.folder)
    #expect(resumed.digest == unbroken.digest && resumed.digest != nil)
  }

  @Test("can be measured, with the digest of training")
  func measured() async throws {
    let options = Self.options + ["--batch-size", "50"]
    let measure = ["measure", "--warm-up", "3", "--steps", "6"] + options
    let plain = try await Command.succeed(measure, in: folder)
    let other = try #require(try JSONObject(plain.output)["digest"] as? String)
    for mixing in [["--mixup", "0.2"], ["--cutmix", "1"], ["--mixup", "0.2", "--cutmix", "1"]] {
      let measured = try await Command.succeed(measure + mixing, in: folder)
      let digest = try #require(try JSONObject(measured.output)["digest"] as? String)
      let trained = try await Command.succeed(
        options + mixing + ["--steps", "9", "--quiet"], in: folder)
      #expect(trained.digest == digest, "\(mixing)")
      #expect(digest != other, "\(mixing)")
    }
  }

  @Test("is previewed with the shares of the classes beneath each image")
  func preview() async throws {
    let options = ["--mixup", "0.4", "--cutmix", "1", "--augment", "flip"]
    let result = try await Command.succeed(
      ["data", "preview", "--data", "small", "--count", "5", "--output", "page.html"] + options,
      in: folder)
    #expect(result.output == "page.html: 5 images in epochs 1 to 8\n")
    let page = try folder.text("page.html")
    #expect(XMLParser(data: Data(page.dropFirst("<!DOCTYPE html>\n".count).utf8)).parse())
    #expect(page.contains("flip; mixup 0.4; cutmix 1.0; seed 0"))
    let cells = page.matches(of: #/<td><img [^>]*\/>(.*?)<\/td>/#).map { $0.output.1 }
    try #require(cells.count == 5 * 9)
    var mixed = 0
    for (index, cell) in cells.enumerated() {
      let shares = cell.matches(of: #/<small>[0-3]: ([0-9.]+) %<\/small>/#)
        .compactMap { Double($0.output.1) }
      // The first column has the images as they are.
      if index % 9 == 0 {
        #expect(cell.isEmpty)
      } else {
        #expect(abs(shares.reduce(0, +) - 100) < 0.11, "\(cell)")
        #expect(shares == shares.sorted(by: >))
        if shares.count == 2 { mixed += 1 }
      }
    }
    #expect(mixed > 15)
  }
}
