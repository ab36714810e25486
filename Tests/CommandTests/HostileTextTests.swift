import Files
import Foundation
import TestSupport
import Testing

@testable import Model
@testable import TrainerCommand

@Suite("Names and contents of files that would steer a terminal")
struct HostileTextTests {
  private let folder: TemporaryFolder

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
  }

  /// Whether a text has nothing but line feeds and tabs that is not shown.
  private static func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
      $0 == "\n" || $0 == "\t" || $0.properties.generalCategory != .control
    }
  }

  @Test("are shown without it in errors, which stay one message")
  func errors() async throws {
    try SafetensorsFile.write(
      path: folder.path("model"),
      tensors: [SafetensorsTensor(name: "\u{1B}[31mevil\u{7}", shape: [1], floats: [1])])
    try folder.write(Array("\u{1B}]0;x\u{7}key: 1\n".utf8), to: "a.yaml")
    try folder.write(Array("\"\\e[31mkey\": 1\n".utf8), to: "b.yaml")
    try folder.write(Array("epochs: \"\\e[31m\"\n".utf8), to: "c.yaml")
    let cases = [
      (["predict", "--model", "model", "/dev/null"], Int32(65)),
      (["evaluate", "--model", "no\u{1B}[1m\ntrainer: error: such"], 66),
      (["--data", "\u{1B}[1m\ntrainer: error: forged"], 66),
      (["--config", "a.yaml"], 64), (["--config", "b.yaml"], 64), (["--config", "c.yaml"], 64),
      (["--nonsense\u{1B}[1m"], 64),
    ]
    for (arguments, status) in cases {
      let result = try await Command.run(arguments, in: folder)
      #expect(result.status == status, "\(arguments) \(result.errors)")
      #expect(Self.isPlain(result.errors), "\(result.errors.debugDescription)")
      let messages = result.errors.split(separator: "\n").filter { $0.hasPrefix("trainer: ") }
      #expect(messages.count == 1, "\(result.errors)")
    }
  }

  @Test("are shown in notes, which stay one message", arguments: ["\n", "\r\n"])
  func notes(lineEnd: String) async throws {
    let name = "n\(lineEnd)trainer: error: forged"
    try SmallDataset().write(to: name, in: folder)
    let result = try await Command.run(
      ["--data", name, "--batch-size", "100", "--hidden", "8", "--steps", "1", "--save", "m"],
      in: folder)
    #expect(result.status == 0 && result.errors.contains("forged"), "\(result.errors)")
    let evaluated = try await Command.run(
      ["evaluate", "--model", "m", "--data", name], in: folder)
    #expect(evaluated.status == 0 && evaluated.errors.contains("forged"), "\(evaluated.errors)")
    for text in [result.errors, evaluated.errors] {
      #expect(
        !text.unicodeScalars.split(separator: "\n").contains {
          String($0).hasPrefix("trainer: error")
        }, "\(text)")
    }
  }

  @Test("are shown in the output of data info and lr-find, which stays one line")
  func results() async throws {
    let name = "n\nforged"
    try SmallDataset().write(to: name, in: folder)
    let info = try await Command.succeed(["data", "info", "--data", name], in: folder)
    #expect(info.lines[0] == "n\u{FFFD}forged in n\u{FFFD}forged")
    let rates = try await Command.succeed(
      [
        "lr-find", "--data", name, "--hidden", "8", "--batch-size", "100", "--steps", "20",
      ], in: folder)
    #expect(rates.lines[0].hasPrefix("n\u{FFFD}forged, model "), "\(rates.output)")
  }

  @Test("are shown in the output of a run, where no name makes a line of its own")
  func training() async throws {
    let name = "n\nweights_digest 000"
    try SmallDataset().write(to: name, in: folder)
    let run = try await Command.succeed(
      [
        "--data", name, "--batch-size", "100", "--hidden", "8", "--epochs", "1", "--validation",
        "100", "--save", "s\nweights_digest 111", "--output", "o\nweights_digest 222",
      ], in: folder)
    let digests = run.lines.filter { $0.hasPrefix("weights_digest") }
    #expect(digests.count == 1 && digests.first == run.lines.last, "\(run.output)")
    for shown in ["n", "s", "o"] {
      #expect(run.output.contains("\(shown)\u{FFFD}weights_digest "), "\(run.output)")
    }
  }

  @Test("are escaped in predictions, where no name makes a line or a field of its own")
  func predictions() async throws {
    let trained = try await Command.run(
      [
        "--data", "small", "--batch-size", "100", "--hidden", "8", "--epochs", "1", "--save",
        "model",
      ], in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    let name = "a\tb\\c\nforged\t3\u{1B}[1m\u{9B}\u{202E}"
    let pixels = [UInt8](repeating: 9, count: SmallDataset.side * SmallDataset.side)
    try folder.write(Array("P5 8 8 255\n".utf8) + pixels, to: name)
    try folder.write(Array("c\\0\nc\t1\nc2\nc3\n".utf8), to: "labels")

    let text = try await Command.run(["predict", "--model", "model", name], in: folder)
    #expect(text.lines.count == 1 && Self.isPlain(text.output))
    let fields = text.lines[0].split(separator: "\t", omittingEmptySubsequences: false)
    #expect(fields.count == 3)
    #expect(fields[0] == #"a\tb\\c\nforged\t3\u001b[1m\u009b\u202e"#)

    let named = try await Command.run(
      [
        "predict", "--model", "model", "--labels", "labels", "--top", "4",
        "small/t10k-images-idx3-ubyte",
      ], in: folder)
    #expect(named.lines.allSatisfy { $0.split(separator: "\t").count == 9 }, "\(named.errors)")
    #expect(named.lines[0].contains(#"c\t1"#) && named.lines[0].contains(#"c\\0"#))

    let json = try await Command.run(["predict", "--model", "model", "--json", name], in: folder)
    #expect(json.lines.count == 1 && Self.isPlain(json.output))
    #expect(!json.output.contains("\u{202E}"))
    #expect(try JSONObject(json.output)["input"] as? String == name)
  }

  @Test("are escaped in the record and the metrics of a run")
  func files() async throws {
    let name = "n\u{9B}\u{202E}"
    try SmallDataset().write(to: name, in: folder)
    try await Command.succeed(
      [
        "--data", name, "--batch-size", "100", "--hidden", "8", "--steps", "1", "--output", "run",
      ], in: folder)
    for file in ["config.json", "metrics.jsonl"] {
      let text = try folder.text("run/\(file)")
      #expect(text.contains(#"n\u009b\u202e"#))
      #expect(text.printable(keeping: "\n") == text)
    }
  }

  @Test("are not in the progress line, whose own colors stay")
  func progress() {
    let bar = "[\(Console.green)==\(Console.plain)  ] "
    #expect(
      Console.printable(bar + "\u{1B}[31mfrom \u{7}x") == bar + "\u{FFFD}[31mfrom \u{FFFD}x")
  }
}
