import Files
import Foundation
import Model
import Parallel

/// A model in a safetensors file: every parameter and running statistic, and in the metadata what
/// kind of network they belong to and what data it was trained on.
package struct ModelFile: Sendable {
  /// The file, whose content is as it was written.
  let file: SafetensorsFile
  /// The path of the file.
  package var path: String { file.path }

  private static let architectureKey = "architecture"
  private static let dataKey = "dataset"
  private static let formatKey = "format"
  private static let format = "trainer"
  private static let engineKey = "engine"
  // Decoding takes some twenty times the size of the text.
  private static let longestDescription = 1 << 24

  /// Writes a model.
  ///
  /// - Parameters:
  ///   - state: The model.
  ///   - architecture: Its network.
  ///   - data: What it was trained on, if that is known.
  ///   - path: The file, replaced at once when the new one is whole.
  /// - Throws: `FileError` if it cannot be written; `WeightsError` if its header exceeds the
  ///   format's limit.
  package static func write(
    _ state: ModelState, architecture: Architecture, data: ModelData? = nil, path: String
  ) throws {
    try content(of: state, architecture: architecture, data: data, path: path)
      .write(in: .anywhere)
  }

  /// Puts a model's file together.
  ///
  /// - Parameters:
  ///   - state: The model.
  ///   - architecture: Its network.
  ///   - data: What it was trained on, if that is known.
  ///   - path: Where it is to be written.
  ///   - more: Further metadata.
  /// - Returns: The file's content.
  /// - Throws: What encoding throws.
  static func content(
    of state: ModelState, architecture: Architecture, data: ModelData?, path: String,
    metadata more: [String: String] = [:]
  ) throws -> SafetensorsFile {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try state.tensors.requireMemoryToCopy(for: "the model's file")
    let tensors = state.tensors.map {
      SafetensorsTensor(
        name: $0.entry.name, dtype: .float32, shape: $0.entry.shape, bytes: $0.bytes)
    }
    var metadata = more.merging([
      formatKey: format,
      engineKey: state.network.engine.rawValue,
      architectureKey: String(decoding: try encoder.encode(architecture), as: UTF8.self),
    ]) { $1 }
    metadata.merge(arithmetic(of: architecture)) { $1 }
    if let data {
      metadata[dataKey] = String(decoding: try encoder.encode(data), as: UTF8.self)
    }
    metadata[ContentDigest.key] = ContentDigest.of(metadata: metadata, tensors: tensors)
    return SafetensorsFile(path: path, metadata: metadata, tensors: tensors)
  }

  /// Constants that a program needs to compute what this one does, besides the tensors.
  private static func arithmetic(of architecture: Architecture) -> [String: String] {
    var constants = ["input_scale": "1/255"]
    if architecture.model.hasBatchNorm {
      constants["batch_norm_epsilon"] = "\(BatchNorm.epsilon)"
    }
    return constants
  }

  /// Takes a file; one of this trainer's is hashed, and refused if its bytes have changed.
  ///
  /// A file with any of the keys is one: a flipped bit in one of them does not make it another's.
  ///
  /// - Parameter file: The file.
  /// - Throws: ``TrainerError`` if it is damaged, or this trainer's but no model.
  package init(_ file: SafetensorsFile) throws {
    self.file = file
    let (formatKey, format) = (Self.formatKey, Self.format)
    let keys = [formatKey, Self.architectureKey, ContentDigest.key]
    let present = keys.filter { file.metadata[$0] != nil }
    // Files of other programs may have a format, and no more.
    if present.isEmpty || (present == [formatKey] && file.metadata[formatKey] != format) { return }
    try ContentDigest.check(file)
    if let found = file.metadata[formatKey], found != format {
      throw TrainerError(
        .badData,
        "\(file.path): metadata `\(formatKey)`: found \(found.prefix(200)), expected \(format)")
    }
  }

  /// Reads every tensor of a model from a file that has exactly those.
  ///
  /// - Parameter state: The model, overwritten only if all tensors fit.
  /// - Throws: `WeightsError`, or ``TrainerError`` that names the first tensor that differs.
  package func read(into state: ModelState) throws {
    let values = try values(of: state.network)
    for (tensor, values) in zip(state.tensors, values) { tensor.write(values) }
  }

  /// Builds the model that a file describes, for evaluation: without an optimizer's state or
  /// gradients.
  ///
  /// - Parameters:
  ///   - architecture: Its network, from ``architecture()``.
  ///   - engine: What computes; nil for the engine that trained the model.
  /// - Returns: The model.
  /// - Throws: `WeightsError`, or ``TrainerError`` that names the first tensor that differs; before
  ///   memory is taken for what the file does not hold.
  package func state(_ architecture: Architecture, engine: Engine? = nil) throws -> ModelState {
    let network = Network(
      architecture, seed: 0, engine: try engine ?? self.engine() ?? .native)
    try SystemRefusal.requireArrays(
      byteCount: file.tensors.reduce(0) { $0 + $1.bytes.count }, for: "the weights of \(file.path)")
    let values = try values(of: network)
    let state = ModelState(
      network: network, seed: 0, optimizerStateCount: 0, isTrained: false)
    for (tensor, values) in zip(state.tensors, values) { tensor.write(values) }
    return state
  }

  /// The values of a network's tensors, parameters first.
  private func values(of network: Network) throws -> [[Float]] {
    let entries = network.parameters.entries + network.statistics.entries
    let values = try entries.map { try file.floats(named: $0.name, shape: $0.shape) }
    let known = Set(entries.map(\.name))
    if let unknown = file.tensors.first(where: { !known.contains($0.name) }) {
      throw TrainerError(
        .badData,
        "\(file.path): tensor `\(unknown.name)` has no place in this network, whose tensors are "
          + "\(entries.map(\.name).joined(separator: ", "))")
    }
    return values
  }
}

extension ModelFile {
  /// The network that a file's tensors belong to.
  ///
  /// - Returns: The description in its metadata; without one, what the tensors' names and shapes
  ///   say, with inverted dropout.
  /// - Throws: ``TrainerError`` if neither describes a network.
  package func architecture() throws -> Architecture {
    let architecture =
      try decoded(Architecture.self, key: Self.architectureKey) ?? guessed()
    for (key, expected) in Self.arithmetic(of: architecture) {
      guard let found = file.metadata[key], found != expected else { continue }
      throw TrainerError(
        .badData,
        "\(file.path): metadata `\(key)`: found \(found.prefix(200)), expected \(expected), with "
          + "which this trainer computes")
    }
    return architecture
  }

  /// The SHA-256 of all that a file says; nil if it has none, as older ones and those of other
  /// programs.
  package var contentDigest: String? { file.metadata[ContentDigest.key] }

  /// The engine that trained a file's model.
  ///
  /// - Returns: The engine; nil if the file records none, as older ones.
  /// - Throws: ``TrainerError`` if this trainer has no such engine.
  package func engine() throws -> Engine? {
    guard file.metadata[Self.formatKey] == Self.format, let name = file.metadata[Self.engineKey]
    else { return nil }
    guard let engine = Engine(rawValue: name) else {
      throw TrainerError(
        .badData,
        "\(file.path): metadata `\(Self.engineKey)`: found \(String(name.prefix(200))), expected "
          + "\(Engine.allCases.map(\.rawValue).joined(separator: " or "))")
    }
    return engine
  }

  /// The data that a file's model was trained on.
  ///
  /// - Returns: The description in its metadata; nil if there is none, as in older files.
  /// - Throws: ``TrainerError`` if it is damaged or does not fit the network.
  package func data() throws -> ModelData? {
    guard file.metadata[Self.formatKey] == Self.format,
      let data = try decoded(ModelData.self, key: Self.dataKey)
    else { return nil }
    if let mismatch = data.mismatch(with: try architecture()) {
      throw TrainerError(.badData, "\(file.path): metadata `\(Self.dataKey)`: \(mismatch)")
    }
    return data
  }

  private func decoded<Value: Decodable>(_ type: Value.Type, key: String) throws -> Value? {
    guard let text = file.metadata[key] else { return nil }
    guard text.utf8.count <= Self.longestDescription else {
      throw TrainerError(
        .badData,
        "\(file.path): metadata `\(key)`: found \(text.utf8.count) bytes, expected at most "
          + "\(Self.longestDescription)")
    }
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch is DecodingError {
      throw TrainerError(
        .badData,
        "\(file.path): metadata `\(key)`: found \(text.prefix(200)), expected the JSON object that "
          + "this trainer writes there")
    } catch {
      throw TrainerError(.badData, "\(file.path): metadata `\(key)`: \(error)")
    }
  }

  /// The architecture that the names and shapes of tensors suggest.
  private func guessed() throws -> Architecture {
    var widths: [Int] = []
    while let weight = file.tensor(named: "dense\(widths.isEmpty ? 1 : widths.count).weight") {
      guard weight.shape.count == 2 else { break }
      if widths.isEmpty { widths.append(weight.shape[0]) }
      widths.append(weight.shape[1])
    }
    guard widths.count >= 2 else {
      throw TrainerError(
        .badData,
        "\(file.path): found \(names), expected dense1.weight with two extents")
    }
    let perceptron = Perceptron(
      hidden: Array(widths[1..<widths.count - 1]),
      batchNorm: file.tensor(named: "batchnorm1.gamma") != nil, dropout: 0)
    do {
      try ArchitectureError.check(perceptron)
      return try Architecture(
        untrusted: [widths[0]], model: perceptron.model, classCount: widths[widths.count - 1])
    } catch {
      throw TrainerError(.badData, "\(file.path): \(error)")
    }
  }

  /// The first tensors' names, for messages.
  private var names: String {
    let shown = 10
    let names = file.tensors.prefix(shown).map(\.name).joined(separator: ", ")
    let rest = file.tensors.count - shown
    if file.tensors.isEmpty { return "no tensors" }
    return "the tensors \(names)" + (rest > 0 ? " and \(rest) more" : "")
  }
}
