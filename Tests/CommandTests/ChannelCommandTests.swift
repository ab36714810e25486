import Foundation
import TestSupport
import Testing

@Suite("Images with channels")
struct ChannelCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func train(_ data: String, _ options: [String]) async throws -> CommandResult {
    try await Command.succeed(
      [
        "--data", data, "--epochs", "3", "--lr", "0.01", "--batch-size", "40", "--model",
        "conv 4x3 relu", "--lr-schedule", "constant",
      ]
        + options,
      in: folder)
  }

  /// A PPM or PGM file of one test image.
  private func image(_ index: Int, of data: ColoredDataset, magic: String) throws -> [UInt8] {
    let size = ColoredDataset.side * ColoredDataset.side * data.channels
    let bytes = try #require(data.files[SmallDataset.testImages])
    return Array("\(magic) 6 6 255\n".utf8) + bytes[20 + index * size..<20 + (index + 1) * size]
  }

  @Test("are trained on, evaluated and predicted, to the same bits for every number of threads")
  func color() async throws {
    let data = ColoredDataset()
    try data.write(to: "colors", in: folder)
    let run = try await train("colors", ["--output", "run", "--threads", "1"])
    #expect(run.output.contains("240 training and 80 test images of 6x6x3, 4 classes"))
    let again = try await train("colors", ["--threads", "3", "--quiet"])
    #expect(again.digest == run.digest)
    let record = try JSONObject(folder.text("run/config.json"))
    let dataset = try #require(record["dataset"] as? [String: Any])
    #expect(dataset["channels"] as? Int == 3)
    let report = try folder.text("run/report.html")
    #expect(report.contains("6 × 6 pixels of 3 channels, 4 classes"))
    #expect(report.contains("The kernels of conv1, 3 × 3 weights for each output channel"))
    #expect(report.matches(of: #/alt="Filter \d/#).count == 4)

    let evaluation = try JSONObject(
      try await Command.succeed(["evaluate", "--model", "run", "--json"], in: folder).output)
    let accuracy = try #require(evaluation["accuracy"] as? Double)
    #expect(accuracy > 0.9)
    let predicted = try await Command.succeed(
      ["predict", "--model", "run", "colors/\(SmallDataset.testImages)"], in: folder)
    let labels = try #require(data.files[SmallDataset.testLabels]).dropFirst(8)
    let classes = predicted.lines.map { String($0.split(separator: "\t")[1]) }
    let right = zip(classes, labels).count { $0 == "\($1)" }
    #expect(Double(right) / Double(ColoredDataset.testCount) == accuracy)

    try folder.write(image(7, of: data, magic: "P6"), to: "seven.ppm")
    let one = try await Command.succeed(["predict", "--model", "run", "seven.ppm"], in: folder)
    let expected = predicted.lines[7].split(separator: "\t").dropFirst().joined(separator: "\t")
    #expect(one.lines == ["seven.ppm\t\(expected)"])
  }

  @Test("are shown by data info, and verified")
  func info() async throws {
    try ColoredDataset(channels: 2).write(to: "pairs", in: folder)
    let info = try await Command.succeed(["data", "info", "--data", "pairs"], in: folder)
    #expect(
      info.output.contains("240 training and 80 test images of 6x6x2, 3 classes"),
      "\(info.output)")
    let verified = try await Command.succeed(["data", "verify", "--data", "pairs"], in: folder)
    #expect(verified.lines.count == 4)
  }

  @Test("must be as many as a model was trained on: other images are refused with both sizes")
  func otherChannels() async throws {
    let color = ColoredDataset()
    let gray = ColoredDataset(channels: 1, isFlat: true)
    try color.write(to: "colors", in: folder)
    try gray.write(to: "grays", in: folder)
    _ = try await train("colors", ["--quiet", "--save", "color.model"])
    _ = try await train("grays", ["--quiet", "--save", "gray.model"])
    let evaluated = try await Command.run(
      ["evaluate", "--model", "color.model", "--data", "grays"], in: folder)
    #expect(evaluated.status == 65)
    #expect(
      evaluated.errors.contains(
        "trained on images of 6 x 6 pixels of 3 channels; those of grays in grays have 6 x 6 pixels"
      ),
      "\(evaluated.errors)")
    try folder.write(image(0, of: color, magic: "P6"), to: "color.ppm")
    try folder.write(
      Array("P5 6 6 255\n".utf8) + [UInt8](repeating: 7, count: 36), to: "gray.pgm")
    for (model, image, message) in [
      (
        "color.model", "gray.pgm",
        "found 6 x 6 pixels; expected 6 x 6 pixels of 3 channels, the input size"
      ),
      (
        "gray.model", "color.ppm",
        "found 6 x 6 pixels of 3 channels; expected 6 x 6 pixels, the input size"
      ),
    ] {
      let result = try await Command.run(["predict", "--model", model, image], in: folder)
      #expect(result.status == 65)
      #expect(result.errors.contains("\(image): image 0: \(message)"), "\(result.errors)")
    }
    let started = try await Command.run(
      [
        "--data", "grays", "--model", "conv 4x3 relu", "--init", "color.model", "--steps", "1",
      ], in: folder)
    #expect(started.status == 65)
    #expect(started.errors.contains("conv1.weight"), "\(started.errors)")
  }

  @Test("of one give the same weights whether the files have three dimensions or four")
  func oneChannel() async throws {
    try ColoredDataset(channels: 1, isFlat: true).write(to: "three/set", in: folder)
    try ColoredDataset(channels: 1).write(to: "four/set", in: folder)
    let three = try await train("three/set", ["--quiet", "--output", "a"])
    let four = try await train("four/set", ["--quiet", "--output", "b"])
    #expect(three.digest == four.digest)
    func digests(_ run: String) throws -> [String: String] {
      let dataset = try JSONObject(folder.text("\(run)/config.json"))["dataset"] as? [String: Any]
      return try #require(dataset?["sha256"] as? [String: String])
    }
    let first = try digests("a")
    let second = try digests("b")
    #expect(
      Set(first.keys.filter { first[$0] != second[$0] })
        == [SmallDataset.trainingImages, SmallDataset.testImages])
  }

  @Test("stay in a run that is stopped and resumed")
  func resume() async throws {
    try ColoredDataset().write(to: "colors", in: folder)
    let whole = try await train("colors", ["--quiet"])
    _ = try await train("colors", ["--quiet", "--output", "run", "--steps", "4"])
    let resumed = try await Command.succeed(
      ["--output", "run", "--resume", "--quiet", "--steps", "18"], in: folder)
    #expect(resumed.digest == whole.digest)
  }
}
