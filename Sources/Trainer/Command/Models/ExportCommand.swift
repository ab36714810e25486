import ArgumentParser
import Export
import Files
import Model
import Parallel
import Runs
import Training

/// The command `trainer export`.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a saved model for other programs: ONNX or PyTorch.",
    discussion: """
      --onnx writes the network with its weights; its outputs are probabilities and logits. \
      --pytorch writes Python code that builds the network and reads the weights from the model \
      file. docs/interop.md shows how to use both.

        trainer export --model model.safetensors --onnx model.onnx
        trainer export --model runs/a --onnx a.onnx --input bytes --fold-batch-norm
        trainer export --model runs/a --pytorch network.py
      """)

  @Option(
    help: ArgumentHelp(
      "The model: a safetensors file, or a run directory with model.safetensors.",
      valueName: "path"),
    completion: .file(extensions: ["safetensors"]))
  var model: String

  @Option(
    help: ArgumentHelp("Write an ONNX file; an existing file is replaced.", valueName: "file"),
    completion: .file(extensions: ["onnx"]))
  var onnx: String?

  @Option(
    help: ArgumentHelp("Write a Python file; an existing file is replaced.", valueName: "file"),
    completion: .file(extensions: ["py"]))
  var pytorch: String?

  @Option(
    help: ArgumentHelp(
      "What the ONNX network takes: floats from 0 to 1, N x channels x rows x columns; or bytes, "
        + "N x rows x columns x channels, which it divides by 255 (default: floats).",
      valueName: "floats|bytes"))
  var input: ONNXOptions.Input?

  @Flag(help: "Fold each batch norm of the ONNX network into the dense or conv directly before it.")
  var foldBatchNorm = false

  func run() throws {
    let output = try output()
    let path = output.path
    try AtomicFile.checkReplaceable(path: path)
    let saved = try SavedModel(path: model)
    guard !PathNames.areSame(saved.file.path, path) else {
      throw TrainerError(.usage, "--model and \(output.option) are the same file, \(path)")
    }
    let model = try ExportedModel(saved.file, data: saved.data)
    if onnx != nil {
      try writeONNX(model, path: path)
    } else {
      let module = PyTorchModule(model)
      try module.write(path: path)
      try Console.result(
        "\(path): a PyTorch module for the weights in \(saved.file.path)")
    }
  }

  /// The file to write.
  ///
  /// - Throws: `TrainerError` unless there is one and the other options fit it.
  private func output() throws -> OutputPath {
    let outputs = [("--onnx", onnx), ("--pytorch", pytorch)].compactMap { option, path in
      path.map { OutputPath(option: option, path: $0) }
    }
    guard let output = outputs.first, outputs.count == 1 else {
      throw TrainerError(.usage, "give one of --onnx and --pytorch: the file to write")
    }
    try output.check()
    for (isGiven, option) in [
      (input != nil, "--input"), (foldBatchNorm, "--fold-batch-norm"),
    ] where isGiven && onnx == nil {
      throw TrainerError(.usage, "\(option) has no meaning without --onnx")
    }
    return output
  }

  private func writeONNX(_ model: ExportedModel, path: String) throws {
    let exported = try ONNXModel(
      model, ONNXOptions(input: input ?? .floats, foldsBatchNorms: foldBatchNorm))
    try exported.write(path: path)
    var lines = ["\(path): opset \(exported.operatorVersion)"]
    lines += exported.graph.inputs.map { "input   \($0.summary)" }
    lines += exported.graph.outputs.map { "output  \($0.summary)" }
    if foldBatchNorm {
      let kept = exported.batchNorms
      let count = model.graph.batchNorms.count
      lines.append(
        "folded  \(count - kept.count) of \(counted(count, "batch norm"))"
          + (kept.isEmpty
            ? ""
            : "; not directly after a dense or conv, or too large: "
              + kept.joined(separator: ", ")))
    }
    try Console.result(lines)
  }
}

extension ONNXOptions.Input: NamedChoice {}

extension ONNXValue {
  /// The name, type and extents.
  fileprivate var summary: String {
    let extents = extents.map { extent in
      switch extent {
      case .count(let count): "\(count)"
      case .named(let name): name
      }
    }
    let type =
      switch type {
      case .float: "float32"
      case .byte: "uint8"
      }
    return "\(name): \(type), \(extents.joined(separator: " x "))"
  }
}
