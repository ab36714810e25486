import Files
import Foundation
import Model
import Parallel
import Training

/// All that a run needs to go on as if it had never stopped, as a safetensors file.
package struct Checkpoint: Sendable {
  /// How far the run is.
  package let position: RunPosition
  /// What the run is a function of.
  package let identity: RunIdentity
  /// Parameters, running statistics, the optimizer's state and averages.
  private let tensors: [SafetensorsTensor]
  private let architecture: Architecture
  /// Where it was read from; nil where it was not.
  package let path: String?

  /// What the format's name begins with, in every version.
  static let formatName = ModelFile.checkpointFormat
  private static let format = formatName + "1"

  /// Copies a run's values, which may change afterwards.
  ///
  /// All ranks of a run do this at once; rank 0's checkpoint is whole, the others' are empty.
  ///
  /// - Parameters:
  ///   - run: The run, between two steps.
  ///   - identity: What it is a function of.
  package init(of run: TrainingRun, identity: RunIdentity) {
    position = run.position
    self.identity = identity
    architecture = run.architecture
    path = nil
    let states = OptimizerStates.gather(run.state, run.communicator)
    tensors = (run.isLeader ? run.checkpointTensors(optimizerStates: states) : []).map {
      SafetensorsTensor(
        name: $0.name, dtype: .float32, shape: $0.tensor.entry.shape, bytes: $0.tensor.bytes)
    }
  }

  /// Reads a file and checks it whole.
  ///
  /// - Parameter path: The file.
  /// - Throws: `WeightsError` or ``TrainerError`` that names what is damaged.
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
    architecture = try Self.decode("architecture", of: file)
    tensors = file.tensors
    self.path = path
  }

  /// Writes the file into its run's directory: another process sees the old one, or all of the new.
  ///
  /// - Parameter path: The file.
  /// - Throws: `WeightsError` where it cannot be written.
  package func write(path: String) throws {
    var metadata = [
      "format": Self.format,
      "position": try Self.encode(position),
      "identity": try Self.encode(identity),
      "architecture": try Self.encode(architecture),
    ]
    metadata[ContentDigest.key] = ContentDigest.of(metadata: metadata, tensors: tensors)
    try SafetensorsFile.write(
      path: path, in: .lockedDirectory, tensors: tensors, metadata: metadata)
  }

  /// Puts a run where the checkpoint was made.
  ///
  /// Rank 0 does this while the others are in ``receive(_:)``.
  ///
  /// - Parameter run: A run of the same identity, between two steps; unchanged where this throws.
  /// - Throws: `WeightsError` or ``TrainerError`` where the values do not fit the run.
  package func restore(_ run: TrainingRun) throws {
    let file = SafetensorsFile(path: path ?? "checkpoint", metadata: [:], tensors: tensors)
    let states = OptimizerStates.whole(of: run.state)
    let places = run.checkpointTensors(optimizerStates: states)
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

  /// The model that the run would evaluate there: the moving average where there is one.
  ///
  /// - Parameter run: A run of the same identity.
  /// - Returns: The model, without an optimizer's state.
  /// - Throws: `WeightsError` where the values do not fit the run.
  func model(of run: TrainingRun) throws -> ModelState {
    let file = SafetensorsFile(path: path ?? "checkpoint", metadata: [:], tensors: tensors)
    let model = ModelState(
      network: run.state.network, seed: 0, optimizerStateCount: 0,
      keepsAverage: run.state.average != nil)
    for place in model.namedTensors + model.averageTensors {
      place.tensor.write(try file.floats(named: place.name, shape: place.tensor.entry.shape))
    }
    model.swapAverage()
    return model
  }

  /// Puts a rank's run where rank 0 restores it.
  ///
  /// - Parameter run: A run of the same identity, between two steps.
  /// - Throws: ``TrainerError`` where the run could not be there.
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
    } catch {
      throw TrainerError(.badData, "\(file.path): metadata `\(key)`: \(error)")
    }
  }
}

extension TrainingRun {
  /// Every tensor that training changes, under its name in a checkpoint.
  ///
  /// - Parameter optimizerStates: The optimizer's states, of all parameters.
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
  /// Every parameter and running statistic, by the names that files have them under.
  fileprivate var namedTensors: [NamedTensor] {
    tensors.map { NamedTensor(name: $0.entry.name, tensor: $0) }
  }
}
