import Files
import Model
import Training

/// A file of Python that builds a model's network in PyTorch, and reads its weights from a
/// safetensors file.
package struct PyTorchModule: Sendable {
  /// The source code.
  package let text: String

  /// Writes the code.
  ///
  /// - Parameter model: The model, of which only the network and the names of the classes are used,
  ///   not the weights.
  package init(_ model: ExportedModel) {
    let network = PyTorchNetwork(model.graph)
    let input = model.graph.input
    var parts = [Self.introduction(model), Self.constants(model)]
    if network.flattensImages { parts.append(PyTorchProgram.flatten) }
    if network.hasVanillaDropout { parts.append(PyTorchProgram.vanillaDropout) }
    if network.hasNoise { parts.append(PyTorchProgram.gaussianNoise) }
    parts += [
      Self.networkClass(network, model), PyTorchProgram.loading, PyTorchProgram.reading,
      PyTorchProgram.evaluation(isOfImages: input.image != nil),
    ]
    text = parts.joined(separator: "\n\n\n") + "\n"
  }

  /// Writes the file.
  ///
  /// - Parameter path: The file, replaced at once when the new one is whole.
  /// - Throws: `FileError` if it cannot be written.
  package func write(path: String) throws {
    try AtomicFile.replace(path: path) { try $0.write(Array(text.utf8)) }
  }

  private static func introduction(_ model: ExportedModel) -> String {
    let description = PythonText.lines("model: \(model.description)", width: PythonText.width)
      .map { $0.last == " " ? String($0.dropLast()) : $0 }.joined(separator: "\n")
    let input = PyTorchNetwork.text(of: model.graph.input)
    return """
      \"""A network in PyTorch, written by trainer \(TrainerVersion.current).

      \(description)

      The weights are read from a model file of the trainer. As a program, it evaluates them on \
      IDX files, plain or
      gzip:

          python3 FILE model.safetensors t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz

      As a module:

          network = load("model.safetensors")
          probabilities = network(images).softmax(1)  # images: \(input), pixel / 255
      \"""

      import argparse
      import gzip
      import json
      import struct

      import torch
      import torch.nn.functional as F
      from torch import nn
      """
  }

  private static func constants(_ model: ExportedModel) -> String {
    var lines = [
      "# What model files of this network say of it.",
      PythonText.assignment("MODEL", "\(model.description)"),
      PythonText.assignment("DROPOUT_MODE", model.dropoutMode.rawValue),
    ]
    if let names = model.classNames {
      lines += ["# The classes, class 0 first.", PythonText.assignment("CLASS_NAMES", names)]
    }
    return lines.joined(separator: "\n")
  }

  private static func networkClass(_ network: PyTorchNetwork, _ model: ExportedModel) -> String {
    func indented(_ lines: [String]) -> String {
      lines.map { "        \($0)" }.joined(separator: "\n")
    }
    return """
      class Network(nn.Module):
          \"""Gives the logits of \(model.classCount) classes.\"""

          def __init__(self):
              super().__init__()
      \(indented(network.modules))

          def forward(self, x):
              # \(PyTorchNetwork.text(of: model.graph.input)), from 0 to 1
      \(indented(network.statements))
              return x
      """
  }
}
