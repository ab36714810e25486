import Foundation
import TestSupport
import Testing

@Suite("Prediction of images")
struct PredictTests {
  private let folder: TemporaryFolder
  private let images: [UInt8]
  private let side = SmallDataset.side

  init() throws {
    folder = try TemporaryFolder()
    let data = SmallDataset()
    try data.write(to: "small", in: folder)
    images = try #require(data.files[SmallDataset.testImages])
    try folder.write(images, to: "images")
  }

  private func train() async throws {
    try await Command.succeed(
      [
        "--data", "small", "--epochs", "4", "--batch-size", "50", "--hidden", "30", "--quiet",
        "--save", "model",
      ],
      in: folder)
  }

  /// Predicts; the input of standard input is a file.
  private func predict(_ options: [String], input: String? = nil) async throws -> CommandResult {
    let shell = input.map { #""$0" "$@" < \#($0)"# }
    return try await Command.run(
      ["predict", "--model", "model"] + options, in: folder, shell: shell)
  }

  /// The pixels of a test image.
  private func pixels(_ index: Int) -> [UInt8] {
    Array(images[16 + index * side * side..<16 + (index + 1) * side * side])
  }

  private func pgm(_ index: Int) -> [UInt8] {
    Array("P5 \(side) \(side) 255\n".utf8) + pixels(index)
  }

  @Test("the test set's predictions have the accuracy that evaluation finds")
  func agreesWithEvaluation() async throws {
    try await train()
    let evaluation = try await Command.run(
      ["evaluate", "--model", "model", "--data", "small", "--json"], in: folder)
    let accuracy = try #require(try JSONObject(evaluation.output)["accuracy"] as? Double)
    let labels = try #require(SmallDataset().files[SmallDataset.testLabels]).dropFirst(8)
    let text = try await predict(["images"])
    #expect(text.status == 0)
    #expect(text.errors.isEmpty)
    let fields = text.lines.map { $0.split(separator: "\t").map(String.init) }
    #expect(fields.map { $0[0] } == (0..<SmallDataset.testCount).map { "images#\($0)" })
    let right = zip(fields, labels).count { $0[1] == "\($1)" }
    #expect(Double(right) / Double(SmallDataset.testCount) == accuracy)
    #expect(accuracy > 0.5)
  }

  @Test("every byte of the output is the same on any number of threads, packed or from a pipe")
  func threads() async throws {
    try await train()
    let one = try await predict(["--json", "--threads", "1", "-"], input: "images")
    #expect(one.lines.count == SmallDataset.testCount)
    for threads in ["3", "8"] {
      let several = try await predict(["--json", "--threads", threads], input: "images")
      #expect(several.output == one.output)
    }
    let piped = try await Command.run(
      ["predict", "--model", "model", "--json"], in: folder,
      shell: #"gzip < images | "$0" "$@""#)
    #expect(piped.output == one.output)
    let named = try await predict(["--json", "images"])
    #expect(
      named.output
        == one.output.replacingOccurrences(of: #""input":"-""#, with: #""input":"images""#))
  }

  @Test("JSON has each image's input, number, class and all probabilities")
  func json() async throws {
    try await train()
    try folder.write(pgm(5), to: #"a "b".pgm"#)
    let result = try await predict(["--json", "--top", "2", "images", #"a "b".pgm"#])
    #expect(result.status == 0)
    let lines = try JSONObject.lines(result.output)
    #expect(lines.count == SmallDataset.testCount + 1)
    for (index, line) in lines.dropLast().enumerated() {
      #expect(line["input"] as? String == "images")
      #expect(line["index"] as? Int == index)
      let probabilities = try #require(line["probabilities"] as? [Double])
      let predicted = try #require(line["class"] as? Int)
      #expect(probabilities.count == SmallDataset.classCount)
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
      #expect(line["probability"] as? Double == probabilities.max())
      #expect(probabilities[predicted] == probabilities.max())
      let top = try #require(line["top"] as? [[String: Any]])
      #expect(top.first?["class"] as? Int == predicted)
      #expect(
        top.compactMap { $0["probability"] as? Double }
          == Array(probabilities.sorted(by: >).prefix(2)))
    }
    let last = try #require(lines.last)
    #expect(last["input"] as? String == #"a "b".pgm"#)
    #expect(last["index"] as? Int == 0)
    // The same image alone and among others, except for the last bits of some kernels.
    let alone = try #require(last["probabilities"] as? [Double])
    let among = try #require(lines[5]["probabilities"] as? [Double])
    #expect(zip(alone, among).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("a PGM image gives the line that it gives in IDX, without a number; several have numbers")
  func pgmImages() async throws {
    try await train()
    try folder.write(pgm(3), to: "one.pgm")
    try folder.write(pgm(3) + pgm(4), to: "two.pgm")
    let expected = try await predict(["--probabilities", "images"]).lines
    func renamed(_ index: Int, _ name: String) -> String {
      expected[index].replacingOccurrences(of: "images#\(index)\t", with: "\(name)\t")
    }
    #expect(
      try await predict(["--probabilities", "one.pgm", "two.pgm"]).lines
        == [renamed(3, "one.pgm"), renamed(3, "two.pgm#0"), renamed(4, "two.pgm#1")])
    #expect(try await predict(["--probabilities"], input: "one.pgm").lines == [renamed(3, "-")])
  }

  @Test("the most probable classes and the classes' names are shown where asked for")
  func topAndLabels() async throws {
    try await train()
    try folder.write(Array("zero\none\ntwo and a half\nthree\n".utf8), to: "names")
    let numbers = try await predict(["--top", "4", "images"])
    let named = try await predict(["--top", "4", "--labels", "names", "images"])
    let names = ["0": "zero", "1": "one", "2": "two and a half", "3": "three"]
    for (line, namedLine) in zip(numbers.lines, named.lines) {
      let fields = line.split(separator: "\t").map(String.init)
      #expect(fields.count == 9)
      let shares = stride(from: 2, to: 9, by: 2).compactMap { Double(fields[$0]) }
      #expect(shares == shares.sorted(by: >))
      #expect(Set(stride(from: 1, to: 9, by: 2).map { fields[$0] }).count == 4)
      let expected = fields.enumerated().map { $0 % 2 == 1 ? names[$1] ?? "" : $1 }
      #expect(namedLine == expected.joined(separator: "\t"))
    }
    let json = try await predict(["--json", "--labels", "names", "images"])
    let first = try #require(try JSONObject.lines(json.output).first)
    #expect(first["label"] as? String == names["\(first["class"] ?? "")"])
    try folder.write(Array("zero\none\n".utf8), to: "names")
    let few = try await predict(["--labels", "names", "images"])
    #expect(few.status == 65)
    #expect(few.errors.contains("names: found 2 lines, expected 4"))
  }

  @Test("inverted images are predicted as what they are when inverted back")
  func invert() async throws {
    try await train()
    let inverted = images[..<16] + images[16...].map { 255 - $0 }
    try folder.write(Array(inverted), to: "inverted")
    let expected = try await predict(["--json"], input: "images")
    #expect(try await predict(["--json", "--invert"], input: "inverted").output == expected.output)
    #expect(try await predict(["--json"], input: "inverted").output != expected.output)
  }

  @Test("an image of another size is refused with both sizes, and never resized")
  func otherSize() async throws {
    try await train()
    try folder.write(Array("P5 5 6 255\n".utf8) + [UInt8](repeating: 1, count: 30), to: "small.pgm")
    let result = try await predict(["small.pgm"])
    #expect(result.status == 65)
    #expect(result.output.isEmpty)
    #expect(
      result.errors.contains(
        "trainer: error: small.pgm: image 0: found 6 x 5 pixels; expected 8 x 8 pixels, the input "
          + "size"))
    #expect(result.lines.isEmpty)
    // As many pixels, in another shape.
    try folder.write(
      Array("P5 16 4 255\n".utf8) + [UInt8](repeating: 1, count: 64), to: "wide.pgm")
    let wide = try await predict(["wide.pgm"])
    #expect(wide.status == 65)
    #expect(wide.output.isEmpty)
    #expect(wide.errors.contains("found 4 x 16 pixels; expected 8 x 8 pixels"))
  }

  @Test("inputs that cannot be read are told, the others predicted, and the first one's code given")
  func goesOn() async throws {
    try await train()
    try folder.write(Array("not an image".utf8), to: "text")
    try folder.write(pgm(1), to: "one.pgm")
    try folder.write(pgm(2) + [1, 2, 3], to: "broken.pgm")
    let result = try await predict(["none", "one.pgm", "text", "broken.pgm", "one.pgm"])
    #expect(result.status == 66)
    #expect(
      result.lines.map { $0.split(separator: "\t").first }
        == ["one.pgm", "broken.pgm#0", "one.pgm"])
    let errors = result.errors.split(separator: "\n")
    #expect(errors.count == 4)
    for (line, text) in zip(
      errors,
      ["none: cannot be read", "text: byte 0: found 6e 6f 74 20", "broken.pgm: byte", "3 of 5"])
    {
      #expect(line.contains("trainer: error: \(text)"))
    }
    let first = try await predict(["text", "none"])
    #expect(first.status == 65)
  }

  @Test("a PNG image is read")
  func png() async throws {
    try await train()
    // 8 x 8 black pixels.
    let png =
      "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAADElEQVR4nGNgoA4AAABIAAEuuDx+AAAAAElFTkSuQmCC"
    let bytes = try #require(Data(base64Encoded: png))
    try folder.write([UInt8](bytes), to: "black.png")
    let black = [UInt8](repeating: 0, count: 64)
    try folder.write(Array("P5 8 8 255\n".utf8) + black, to: "black.pgm")
    let result = try await predict(["black.png"])
    #expect(result.status == 0, "\(result.errors)")
    let expected = try await predict(["black.pgm"])
    #expect(result.output == expected.output.replacingOccurrences(of: ".pgm", with: ".png"))
  }

  @Test("options that cannot be, and no input, are told")
  func options() async throws {
    try await train()
    for (options, status, text) in [
      (["--top", "5", "images"], 64, "--top is 5; it must be from 1 to 4"),
      (["--top", "-1", "images"], 64, "--top is -1"),
      (["--top", "2", "--probabilities", "images"], 64, "exclude each other"),
      (["--threads", "0", "images"], 64, "--threads is 0"), ([], 65, "standard input: the file is"),
      (["."], 65, "found a directory"),
      (["--labels", "none", "images"], 66, "none: cannot be read"),
    ] as [([String], Int32, String)] {
      let result = try await predict(options)
      #expect(result.status == status, "\(options)")
      #expect(result.errors.contains(text), "\(result.errors)")
      #expect(result.output.isEmpty)
    }
    let missing = try await Command.run(["predict", "images"], in: folder)
    #expect(missing.status == 64)
    #expect(missing.errors.contains("--model"))
  }
}
