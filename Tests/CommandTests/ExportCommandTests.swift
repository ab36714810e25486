import Foundation
import TestSupport
import Testing

@testable import Model

@Suite("trainer export")
struct ExportCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try SmallDataset.inNewFolder().folder
  }

  private func train(_ options: [String]) async throws {
    try await Command.succeed(
      [
        "--data", "small", "--steps", "5", "--batch-size", "50", "--threads", "1", "--quiet",
      ] + options, in: folder)
  }

  private func export(_ options: [String]) async throws -> CommandResult {
    try await Command.run(["export"] + options, in: folder)
  }

  @Test(
    "writes an ONNX file with the names of the classes, and says what the network takes and gives")
  func onnx() async throws {
    try folder.write(Array("a\nb\nc\nd \"é\"\n".utf8), to: "small/classes.txt")
    try await train(["--model", "conv 4x3 bn relu, dense 6 relu bn", "--save", "model"])
    let plain = try await export(["--model", "model", "--onnx", "a.onnx"])
    #expect(plain.status == 0, "\(plain.errors)")
    #expect(
      plain.lines == [
        "a.onnx: opset 20", "input   images: float32, N x 1 x 8 x 8",
        "output  probabilities: float32, N x 4", "output  logits: float32, N x 4",
      ])
    let folded = try await export([
      "--model", "model", "--onnx", "b.onnx", "--input", "bytes", "--fold-batch-norm",
    ])
    #expect(folded.lines[1] == "input   images: uint8, N x 8 x 8 x 1")
    #expect(
      folded.lines.last
        == "folded  1 of 2 batch norms; not directly after a dense or conv, or too large: "
        + "batchnorm2")
    let content = String(decoding: try folder.bytes("a.onnx"), as: UTF8.self)
    #expect(content.contains(#"["a","b","c","d \"é\""]"#))
  }

  @Test("of a run directory is that of its model, and replaces an older file in one step")
  func runDirectory() async throws {
    try await train(["--hidden", "8", "--output", "run"])
    try folder.write(Array("old".utf8), to: "run.onnx")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link.onnx"), withDestinationPath: "run.onnx")
    #expect(try await export(["--model", "run", "--onnx", "link.onnx"]).status == 0)
    #expect(
      try await export(["--model", "run/model.safetensors", "--onnx", "file.onnx"]).status == 0)
    #expect(try folder.bytes("run.onnx") == folder.bytes("file.onnx"))
    let names = try folder.names().filter { !$0.hasPrefix("out-") && !$0.hasPrefix("err-") }
    #expect(names.filter { $0.hasPrefix(".") }.isEmpty)
  }

  @Test("writes a module of PyTorch")
  func pytorch() async throws {
    try await train(["--model", "conv 6x5 relu, pool 2", "--save", "model"])
    let result = try await export(["--model", "model", "--pytorch", "network.py"])
    #expect(result.output == "network.py: a PyTorch module for the weights in model\n")
    let text = try folder.text("network.py")
    #expect(text.contains("self.conv1 = nn.Conv2d(1, 6, 5, padding=2)"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  @Test("refuses options that say nothing or too much, and outputs that would replace a model")
  func usage() async throws {
    try await train(["--hidden", "8", "--save", "model", "--output", "run"])
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: "model")
    let before = try folder.bytes("model")
    for (options, error) in [
      ([], "give one of --onnx and --pytorch: the file to write"),
      (["--onnx", "a", "--pytorch", "b"], "give one of --onnx and --pytorch: the file to write"),
      (["--onnx", ""], "--onnx has an empty value; give one, or leave it out"),
      (["--pytorch", "a", "--input", "bytes"], "--input has no meaning without --onnx"),
      (["--pytorch", "a", "--fold-batch-norm"], "--fold-batch-norm has no meaning without --onnx"),
      (
        ["--onnx", "run/model.safetensors"],
        "--onnx is run/model.safetensors, a file of the run in "
      ),
      (
        ["--onnx", "small/train-images-idx3-ubyte"],
        "--onnx is small/train-images-idx3-ubyte, a file of a data set, which is not replaced"
      ),
      (["--pytorch", "model"], "--model and --pytorch are the same file, model"),
      (["--onnx", "link"], "--model and --onnx are the same file, link"),
    ] {
      let result = try await export(["--model", "model"] + options)
      #expect(result.status == 64, "\(options)")
      #expect(result.errors.contains("trainer: error: \(error)"), "\(result.errors)")
    }
    #expect(try folder.bytes("model") == before)
    #expect(!folder.exists("a") && !folder.exists("b"))
  }

  @Test("refuses another kind of input than floats and bytes")
  func unknownInput() async throws {
    let result = try await export(["--model", "m", "--onnx", "a", "--input", "words"])
    #expect(result.status == 64)
    #expect(result.errors.contains("'words'"))
  }

  @Test("refuses a model that is not there, is damaged, or is a checkpoint, and writes nothing")
  func badModels() async throws {
    try await train(["--hidden", "8", "--save", "model", "--output", "run"])
    var bytes = try folder.bytes("model")
    bytes[bytes.count - 9] ^= 1
    try folder.write(bytes, to: "damaged")
    try folder.write(Array("no model".utf8), to: "text")
    try SafetensorsFile.write(
      path: folder.path("infinite"),
      tensors: [
        SafetensorsTensor(
          name: "dense1.weight", shape: [64, 4],
          floats: [Float](repeating: 0, count: 255) + [.infinity]),
        SafetensorsTensor(name: "dense1.bias", shape: [4], floats: [0, 0, 0, 0]),
      ])
    try SafetensorsFile.write(
      path: folder.path("negative"),
      tensors: [
        SafetensorsTensor(
          name: "dense1.weight", shape: [64, 2], floats: [Float](repeating: 0, count: 128)),
        SafetensorsTensor(name: "batchnorm1.gamma", shape: [2], floats: [1, 1]),
        SafetensorsTensor(name: "batchnorm1.beta", shape: [2], floats: [0, 0]),
        SafetensorsTensor(name: "batchnorm1.running_mean", shape: [2], floats: [0, 0]),
        SafetensorsTensor(name: "batchnorm1.running_var", shape: [2], floats: [1, -1]),
        SafetensorsTensor(
          name: "dense2.weight", shape: [2, 4], floats: [Float](repeating: 0, count: 8)),
        SafetensorsTensor(name: "dense2.bias", shape: [4], floats: [0, 0, 0, 0]),
      ])
    let checkpoint = try #require(try folder.names(in: "run/checkpoints").last)
    for (model, status, error) in [
      ("none", 66, "none: cannot be read: No such file or directory"),
      ("small", 66, "small: found a directory without model.safetensors"),
      ("damaged", 65, "damaged: metadata `content_sha256`: found "),
      ("text", 65, "text: "),
      (
        "infinite", 65,
        "infinite: tensor `dense1.weight`: found inf as value 255, expected finite numbers"
      ),
      (
        "negative", 65,
        "negative: tensor `batchnorm1.running_var`: found -1.0 as value 1, expected finite numbers "
          + "of at least 0"
      ),
      ("run/checkpoints/\(checkpoint)", 65, "found a checkpoint of a run"),
    ] {
      let option = status == 65 ? "--onnx" : "--pytorch"
      let result = try await export(["--model", model, option, "out"])
      #expect(result.status == status, "\(model)")
      #expect(result.errors.contains(error), "\(result.errors)")
      #expect(!folder.exists("out"))
    }
  }

  @Test("finds an output that cannot be written before it reads the model")
  func unwritable() async throws {
    for (option, path) in [
      ("--onnx", "missing/file"), ("--pytorch", "small"), ("--pytorch", "file/"),
      ("--onnx", "/dev"),
    ] {
      let result = try await export(["--model", "none", option, path])
      #expect(result.status == 74)
      #expect(result.errors.contains("trainer: error: \(path): "), "\(result.errors)")
    }
  }

  @Test("leaves the old file if the disk is full")
  func fullDisk() async throws {
    try await train(["--hidden", "8", "--save", "model"])
    try folder.write(Array("old".utf8), to: "a.onnx")
    let result = try await Command.run(
      ["export", "--model", "model", "--onnx", "a.onnx"], in: folder,
      shell: "ulimit -f 1; exec \"$0\" \"$@\"")
    #expect(result.status == 74)
    #expect(try folder.text("a.onnx") == "old")
  }
}
