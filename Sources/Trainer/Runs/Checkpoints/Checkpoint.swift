import Files
import Foundation
import Model
import Parallel
import Training

/// The state that a run needs to resume with bit-identical results, as a safetensors file.
package struct Checkpoint: Sendable {
  /// The run's progress.
  package let position: RunPosition
  /// Everything that determines the run's result.
  package let identity: RunIdentity
  /// Parameters, running statistics, the optimizer's state and averages.
  private let tensors: [SafetensorsTensor]
  /// The network, as JSON: the run that resumes has its own.
  private let architecture: String
  /// The file that it was read from; nil for a checkpoint of a run in this process.
  package let path: String?

  /// The start of the format's name, common to all versions.
  static let formatName = "trainer checkpoint "
  private static let format = formatName + "1"

  /// Whether a file is a checkpoint, of any version.
  static func isOne(_ file: SafetensorsFile) -> Bool {
    file.metadata["format"]?.hasPrefix(formatName) == true
  }

  /// Copies the current values of a run.
  ///
  /// This is a collective operation: all ranks of a run call it. Rank 0's checkpoint contains all
  /// tensors; those of the other ranks contain none.
  ///
  /// - Parameters:
  ///   - run: The run, between two steps.
  ///   - identity: Everything that determines its result.
  /// - Throws: `SystemRefusal` without memory for the copy; what encoding throws.
  package init(of run: TrainingRun, identity: RunIdentity) throws {
    position = run.position
    self.identity = identity
    architecture = try Self.encode(run.architecture)
    path = nil
    let states = OptimizerStates.gather(run.state, run.communicator)
    let copied = run.isLeader ? run.checkpointTensors(optimizerStates: states) : []
    try copied.map(\.tensor).requireMemoryToCopy(for: "a checkpoint")
    tensors = copied.map {
      SafetensorsTensor(
        name: $0.name, dtype: .float32, shape: $0.tensor.entry.shape, bytes: $0.tensor.bytes)
    }
  }

  /// Keeps the address space for a checkpoint of a run, until the first one is made, and for the
  /// model's file: the run may end while its last checkpoint is being written.
  ///
  /// - Parameter run: The run, on rank 0.
  /// - Returns: The address space.
  /// - Throws: `SystemRefusal` if it is refused.
  package static func reserveMemory(
    for run: TrainingRun
  ) throws(SystemRefusal) -> AddressSpaceReserve {
    let states = OptimizerStates.whole(of: run.state)
    let tensors = run.checkpointTensors(optimizerStates: states).map(\.tensor)
    return try (tensors + run.state.tensors)
      .reserveMemoryToCopy(
        for: "a checkpoint and the model's file", more: OwnThread.stackSize)
  }

  /// Reads a file and verifies its format and digest.
  ///
  /// - Parameter path: The file.
  /// - Throws: `WeightsError` or ``TrainerError`` of code `badData` that names what is damaged;
  ///   `FileError` if the file cannot be read.
  package init(path: String) throws {
    let file = try SafetensorsFile.read(path: path)
    guard file.metadata["format"] == Self.format else {
      throw TrainerError(
        .badData,
        "\(path): metadata `format`: found \(file.metadata["format"] ?? "none"), expected "
          + "\(Self.format)")
    }
    try ContentDigest.check(file)
    position = try Self.decode("position", of: file)
    do {
      let recorded: RunIdentity = try Self.decode("identity", of: file)
      identity = try recorded.upgraded()
    } catch let error as ArchitectureError {
      throw TrainerError(.badData, "\(path): metadata `identity`: \(error)")
    }
    guard let architecture = file.metadata["architecture"] else {
      throw TrainerError(
        .badData, "\(path): metadata `architecture`: found none, expected the network")
    }
    self.architecture = architecture
    tensors = file.tensors
    self.path = path
  }

  /// Writes the file into its run's directory, replacing an old one atomically.
  ///
  /// - Parameter path: The file.
  /// - Throws: `FileError` if it cannot be written; ``TrainerError`` of code `inputOutput` if its
  ///   header exceeds the limit of the format, which takes some 349,000 epochs.
  package func write(path: String) throws {
    var metadata = [
      "format": Self.format,
      "position": try Self.encode(position),
      "identity": try Self.encode(identity),
      "architecture": architecture,
    ]
    metadata[ContentDigest.key] = ContentDigest.of(metadata: metadata, tensors: tensors)
    do {
      try SafetensorsFile.write(
        path: path, in: .ownDirectory, tensors: tensors, metadata: metadata)
    } catch is WeightsError {
      // Without a number that grows, so that the warning is not repeated for each epoch.
      throw TrainerError(
        .inputOutput,
        "\(PathText.parent(of: path)): no checkpoint can be written: the figures of all epochs "
          + "exceed the format's limit for the header, \(SafetensorsFile.longestHeader) bytes")
    }
  }

  /// Restores the position and all values of the checkpoint into a run.
  ///
  /// Collective: rank 0 calls this while the other ranks call ``receive(_:)``.
  ///
  /// - Parameter run: A run of the same identity, between two steps. If the checkpoint does not
  ///   fit, it is unchanged.
  /// - Throws: `WeightsError` or ``TrainerError`` if the values do not fit the run.
  package func restore(_ run: TrainingRun) throws {
    let file = SafetensorsFile(path: path ?? "checkpoint", metadata: [:], tensors: tensors)
    let states = OptimizerStates.whole(of: run.state)
    let places = run.checkpointTensors(optimizerStates: states)
    try places.map(\.tensor).requireMemoryToCopy(for: "the checkpoint's values")
    let values = try places.map { try file.floats(named: $0.name, shape: $0.tensor.entry.shape) }
    guard tensors.count == places.count else {
      throw TrainerError(
        .badData, "\(file.path): found \(tensors.count) tensors, expected \(places.count)")
    }
    try run.resume(at: position, from: file.path)
    for (place, values) in zip(places, values) { place.tensor.write(values) }
    OptimizerStates.scatter(states, to: run.state, run.communicator)
    try run.followLeader()
  }

  /// The model that the run would evaluate at the checkpoint: the moving average if the run keeps
  /// one, otherwise the weights.
  ///
  /// - Parameter run: A run of the same identity.
  /// - Returns: The model, without the optimizer's state.
  /// - Throws: `WeightsError` if the values do not fit the run.
  func model(of run: TrainingRun) throws -> ModelState {
    let file = SafetensorsFile(path: path ?? "checkpoint", metadata: [:], tensors: tensors)
    let model = ModelState(
      network: run.state.network, seed: 0, optimizerStateCount: 0, isTrained: false)
    for tensor in model.tensors {
      let name = tensor.entry.name
      let stored = run.state.average == nil ? name : ModelState.averageName(of: name)
      tensor.write(try file.floats(named: stored, shape: tensor.entry.shape))
    }
    return model
  }

  /// Receives the position and values that rank 0 restores; called by all other ranks.
  ///
  /// - Parameter run: A run of the same identity, between two steps.
  /// - Throws: ``TrainerError`` if the position is not valid for the run.
  package static func receive(_ run: TrainingRun) throws {
    OptimizerStates.scatter([], to: run.state, run.communicator)
    try run.followLeader()
  }

  private static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func decode<Value: Decodable>(
    _ key: String, of file: SafetensorsFile
  ) throws -> Value {
    let text = file.metadata[key] ?? ""
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch let error as DecodingError {
      throw TrainerError(
        .badData,
        "\(file.path): metadata `\(key)`: found \(text.isEmpty ? "none" : String(text.prefix(200)))"
          + ", expected the JSON object that this trainer writes there (\(error.place))")
    }
  }
}

extension TrainingRun {
  /// Every tensor that training changes, with its name in a checkpoint.
  ///
  /// - Parameter optimizerStates: The optimizer's state buffers, each for all parameters.
  /// - Returns: The tensors.
  fileprivate func checkpointTensors(
    optimizerStates: [AlignedBuffer<Float>]
  ) -> [ModelState.NamedTensor] {
    state.namedTensors
      + state.optimizerTensors(configuration.optimizer.kind, in: optimizerStates)
      + state.averageTensors
  }
}

extension ModelState {
  /// Every parameter and running statistic, with its name in files.
  fileprivate var namedTensors: [NamedTensor] {
    tensors.map { NamedTensor(name: $0.entry.name, tensor: $0) }
  }
}
