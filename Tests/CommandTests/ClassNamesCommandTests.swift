import Foundation
import ImageData
import TestSupport
import Testing

@testable import Fetching
@testable import Files

@Suite("The names of classes")
struct ClassNamesCommandTests {
  private let folder: TemporaryFolder
  private let names = ["top left", "top right", "low left", "låg <höger>"]

  init() throws {
    folder = try SmallDataset.inNewFolder().folder
  }

  private func name(_ names: [String]) throws {
    try folder.write(Array(names.map { $0 + "\n" }.joined().utf8), to: "small/classes.txt")
  }

  private func train(_ options: [String]) async throws {
    try await Command.succeed(
      ["--hidden", "8", "--steps", "5", "--batch-size", "50", "--quiet"] + options, in: folder)
  }

  @Test("of classes.txt are shown by data info, evaluate, predict and the report")
  func shown() async throws {
    try name(names)
    let info = try await Command.run(["data", "info", "--data", "small"], in: folder)
    #expect(info.output.contains("class  training    test  name\n"))
    for (label, name) in names.enumerated() {
      #expect(info.lines.contains { $0.hasPrefix("    \(label)  ") && $0.hasSuffix("  \(name)") })
    }
    try await train(["--data", "small", "--output", "run"])
    // The model has them, whatever becomes of the data.
    try FileManager.default.removeItem(atPath: folder.path("small/classes.txt"))
    let text = try await Command.run(["evaluate", "--model", "run"], in: folder)
    #expect(text.output.contains("    1  top right    "), "\(text.output)")
    let json = try await Command.run(["evaluate", "--model", "run", "--json"], in: folder)
    #expect(try JSONObject(json.output)["class_names"] as? [String] == names)
    let images = "small/\(SmallDataset.testImages)"
    let lines = try await Command.run(["predict", "--model", "run", images], in: folder).lines
    let objects = try await Command.run(
      ["predict", "--model", "run", "--json", images], in: folder)
    #expect(lines.count == SmallDataset.testCount)
    for (line, object) in zip(lines, try JSONObject.lines(objects.output)) {
      let label = try #require(object["class"] as? Int)
      #expect(object["label"] as? String == names[label])
      #expect(line.split(separator: "\t")[1] == names[label])
    }
    let report = try folder.text("run/report.html")
    #expect(report.contains("3 låg &lt;höger&gt;"))
    #expect(report.contains("class 1 top right predicted as 2 low left: "))
    #expect(
      names.contains { report.contains("<b>\($0) → ") || report.contains("→ \($0)</b>") })
  }

  @Test("do not change the weights, and old models without them show numbers")
  func unnamed() async throws {
    let plain = try await Command.succeed(
      ["--data", "small", "--hidden", "8", "--steps", "5", "--quiet", "--save", "plain"],
      in: folder)
    let image = "small/\(SmallDataset.testImages)"
    let numbers = try await Command.run(["predict", "--model", "plain", image], in: folder)
    #expect(numbers.lines.allSatisfy { Int($0.split(separator: "\t")[1]) != nil })
    try name(names)
    let named = try await Command.succeed(
      ["--data", "small", "--hidden", "8", "--steps", "5", "--quiet"], in: folder)
    #expect(named.digest == plain.digest)
    // A model without names is shown with those of the data.
    let text = try await Command.run(
      ["evaluate", "--model", "plain", "--data", "small"], in: folder)
    #expect(text.output.contains("    1  top right    "), "\(text.output)")
  }

  @Test("that are wrong are an error with the line, and no output replaces the file")
  func problems() async throws {
    try name(["a", "b", "a", "c"])
    for command in [["data", "info"], ["--epochs", "1"]] {
      let result = try await Command.run(command + ["--data", "small"], in: folder)
      #expect(result.status == 65)
      #expect(result.errors.contains("small/classes.txt: line 3: found 'a' again, as on line 1"))
    }
    try name(names)
    for file in ["classes.txt", "fetched.json"] {
      let result = try await Command.run(
        ["--data", "small", "--save", "small/\(file)"], in: folder)
      #expect(result.status == 64)
      #expect(result.errors.contains("a file of the data set in small"), "\(result.errors)")
    }
  }

  @Test("of a fetched data set come with it, from the server to the prediction")
  func fetched() async throws {
    setenv("no_proxy", "127.0.0.1", 1)
    let archive = try letters()
    let server = try LoopbackServer(["/gzip.zip": .init(body: archive.bytes)])
    var hash = Digest(.md5)
    hash.update(archive.bytes)
    // The published letters, except for what is in the zip file.
    let letters = try #require(KnownDataset.matching("emnist-letters"))
    let published = try #require(letters.distribution.archive)
    let known = KnownDataset(
      name: letters.name, title: letters.title, classNames: letters.classNames,
      distribution: .archive(
        PublishedArchive(
          file: PublishedFile("gzip.zip", md5: hash.hexadecimal()), members: published.members,
          isTransposed: published.isTransposed, firstLabel: published.firstLabel)),
      mirrors: [server.address])
    _ = try DatasetFetcher.fetch(known, mirror: nil, into: folder.path("sets/emnist-letters"))

    let environment = ["TRAINER_DATA": folder.path("sets")]
    let verified = try await Command.run(
      ["data", "verify", "--dataset", "EMNIST-letters"], environment: environment, in: folder)
    #expect(verified.status == 0, "\(verified.errors)")
    #expect(verified.lines.count == 4)
    #expect(verified.lines.allSatisfy { $0.hasSuffix(" as fetched.json has it") })
    try await Command.succeed(
      [
        "--dataset", "emnist-letters", "--hidden", "8", "--steps", "5", "--batch-size", "26",
        "--quiet", "--save", "model",
      ], environment: environment, in: folder)
    let images = "sets/emnist-letters/t10k-images-idx3-ubyte.gz"
    let lines = try await Command.run(["predict", "--model", "model", images], in: folder).lines
    #expect(lines.count == 26)
    let names = Set(letters.classNames)
    #expect(lines.allSatisfy { names.contains(String($0.split(separator: "\t")[1])) })
  }

  /// A small zip file as EMNIST's letters: 26 images of 8 x 8 in each file, a label from 1 each.
  private func letters() throws -> ZipFile {
    let labels = SmallDataset.header(type: 8, dimensions: [26]) + (1...26).map(UInt8.init)
    let pixels = (0..<26 * 64).map { UInt8(truncatingIfNeeded: $0 &* 37 % 251) }
    let images = SmallDataset.imageHeader(count: 26) + pixels
    let letters = try #require(KnownDataset.matching("emnist-letters"))
    let archive = try #require(letters.distribution.archive)
    return ZipFile(
      archive.members.map { file, name in
        ZipFile.Member(name, gzip(file.hasImages ? images : labels), isPacked: true)
      })
  }

  @Test("a fetch of files that are not the published ones names both MD5, and leaves nothing")
  func otherFiles() async throws {
    for file in DatasetFile.allCases {
      try folder.write(
        gzip(folder.bytes("small/\(file.plainName)")), to: "mirror/qmnist-\(file.plainName).gz")
    }
    try folder.write(
      folder.bytes("mirror/qmnist-train-images-idx3-ubyte.gz"), to: "mirror/gzip.zip")
    let mirror = "file://" + folder.path("mirror")
    for (name, expected) in [
      ("qmnist", "ed72d4157d28c017586c42bc6afe6370"),
      ("emnist-digits", "58c8d27c78d21e728a6bc7b3cc06412e"),
    ] {
      let result = try await Command.run(
        ["data", "fetch", name, "--mirror", mirror], in: folder)
      #expect(result.status == 74)
      #expect(result.errors.contains("expected \(expected)"), "\(result.errors)")
      #expect(!folder.exists(".cache"))
    }
    let upright = try await Command.run(
      ["data", "fetch", "qmnist", "--transposed", "--mirror", mirror], in: folder)
    #expect(upright.status == 64)
    #expect(upright.errors.contains("--transposed has no meaning for qmnist"))
  }
}
