import Foundation
import Model

/// A model in a safetensors file: every parameter and running statistic, and in the metadata what
/// kind of network they belong to.
public enum ModelFile {
  private static let architectureKey = "architecture"

  /// Writes a model.
  ///
  /// - Parameters:
  ///   - state: The model.
  ///   - architecture: Its network.
  ///   - path: The file, replaced at once when the new one is whole.
  /// - Throws: `WeightsError` where it cannot be written.
  public static func write(_ state: ModelState, architecture: Architecture, path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let tensors = state.tensors.map {
      SafetensorsTensor(name: $0.entry.name, shape: $0.entry.shape, floats: $0.values)
    }
    try SafetensorsFile.write(
      path: path, tensors: tensors,
      metadata: [
        "format": "trainer",
        architectureKey: String(decoding: try encoder.encode(architecture), as: UTF8.self),
      ])
  }

  /// Reads every tensor of a model from a file that has exactly those.
  ///
  /// - Parameters:
  ///   - state: The model, overwritten only if all tensors fit.
  ///   - file: The file.
  /// - Throws: `WeightsError`, or ``TrainerError`` that names the first tensor that differs.
  public static func read(into state: ModelState, from file: SafetensorsFile) throws {
    let tensors = state.tensors
    let values = try tensors.map {
      try file.floats(named: $0.entry.name, shape: $0.entry.shape)
    }
    try refuseUnknownTensors(file, names: tensors.map(\.entry.name))
    for (tensor, values) in zip(tensors, values) { tensor.write(values) }
  }

  private static func refuseUnknownTensors(_ file: SafetensorsFile, names: [String]) throws {
    let known = Set(names)
    if let unknown = file.tensors.first(where: { !known.contains($0.name) }) {
      throw TrainerError(
        .badData,
        "\(file.path): tensor \(unknown.name) has no place in this network, whose tensors are "
          + names.joined(separator: ", "))
    }
  }

  /// The network that a file's tensors belong to.
  ///
  /// - Parameter file: The file.
  /// - Returns: The description in its metadata; without one, what the tensors' names and shapes say,
  ///   with inverted dropout.
  /// - Throws: ``TrainerError`` where neither describes a network, or the file has not its tensors.
  public static func architecture(of file: SafetensorsFile) throws -> Architecture {
    let architecture = try describedArchitecture(of: file)
    func require(_ condition: Bool, _ found: String, _ expected: String) throws {
      guard condition else {
        throw TrainerError(.badData, "\(file.path): found \(found), expected \(expected)")
      }
    }
    let limit = 1 << 20
    try require(
      (1...limit).contains(architecture.inputCount),
      "an input of \(architecture.inputCount) values",
      "1 to \(limit)")
    for units in architecture.hidden {
      try require((1...65_536).contains(units), "a hidden layer of \(units) units", "1 to 65536")
    }
    try require(
      (1...256).contains(architecture.classCount), "\(architecture.classCount) classes", "1 to 256")
    try require(
      architecture.dropout >= 0 && architecture.dropout < 1, "dropout \(architecture.dropout)",
      "at least 0 and less than 1")
    // Whoever builds the network allocates no more than the file has.
    let network = Network(architecture, seed: 0)
    let entries = network.parameters.entries + network.statistics.entries
    for entry in entries { _ = try file.floats(named: entry.name, shape: entry.shape) }
    try refuseUnknownTensors(file, names: entries.map(\.name))
    return architecture
  }

  private static func describedArchitecture(of file: SafetensorsFile) throws -> Architecture {
    if let text = file.metadata[architectureKey] {
      do {
        return try JSONDecoder().decode(Architecture.self, from: Data(text.utf8))
      } catch {
        throw TrainerError(
          .badData, "\(file.path): metadata \(architectureKey): found \(text): \(error)")
      }
    }
    var widths: [Int] = []
    while let weight = file.tensor(named: "dense\(widths.isEmpty ? 1 : widths.count).weight") {
      guard weight.shape.count == 2 else { break }
      if widths.isEmpty { widths.append(weight.shape[0]) }
      widths.append(weight.shape[1])
    }
    guard widths.count >= 2 else {
      throw TrainerError(
        .badData,
        "\(file.path): no tensor dense1.weight of two extents; found "
          + file.tensors.map(\.name).joined(separator: ", "))
    }
    return Architecture(
      inputCount: widths[0], hidden: Array(widths[1..<widths.count - 1]),
      classCount: widths[widths.count - 1],
      batchNorm: file.tensor(named: "batchnorm1.gamma") != nil, dropout: 0, dropoutMode: .inverted)
  }
}
