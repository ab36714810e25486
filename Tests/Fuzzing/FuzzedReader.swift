import Foundation

@testable import Configuration
@testable import Fetching
@testable import Files
@testable import ImageData
@testable import Importing
@testable import Model
@testable import Runs
@testable import Scaling
@testable import Training

/// What reads files, or texts, that may come from anybody.
enum FuzzedReader: String, CaseIterable {
  /// IDX files of images and labels, plain or packed.
  case idx
  /// PGM, PPM, PNG and IDX images, plain or packed.
  case images
  /// Images in lines of text.
  case csv
  /// Images in zip files of NumPy arrays.
  case npz
  /// Safetensors files, as models.
  case safetensors
  /// Checkpoints, restored into a run.
  case checkpoint
  /// Descriptions of models.
  case model
  /// Descriptions of augmentation.
  case augmentation
  /// Configuration files.
  case yaml
  /// The metrics of a run.
  case metrics
  /// The record of a run.
  case record
  /// The record of a scaling experiment.
  case scaling
  /// What one rank sends to the others.
  case message
  /// What a server answers to a request.
  case response

  /// The name that the input has in messages.
  static let name = "input"

  static let chosen: FuzzedReader = {
    let name = ProcessInfo.processInfo.environment["TRAINER_FUZZ_READER"] ?? ""
    guard let reader = FuzzedReader(rawValue: name) else {
      fatalError(
        "TRAINER_FUZZ_READER is '\(name)', expected one of "
          + allCases.map(\.rawValue).joined(separator: ", "))
    }
    return reader
  }()

  /// Whether messages quote the input itself: it is not a file.
  var isPlaceless: Bool { [.model, .augmentation, .message].contains(self) }

  /// The folder with the input's file.
  private static let folder: String = {
    let folder = FileManager.default.temporaryDirectory.path() + "/fuzz-\(getpid())"
    do {
      try LinuxFileSystem().makeFolders(folder)
    } catch {
      fatalError("\(folder): \(error)")
    }
    return folder
  }()

  /// The input as a file.
  private func file(_ bytes: [UInt8], _ name: String = Self.name) -> String {
    let path = Self.folder + "/" + name
    do {
      try Data(bytes).write(to: URL(filePath: path))
    } catch {
      fatalError("\(path): \(error)")
    }
    return path
  }

  /// Reads an input.
  ///
  /// - Parameter bytes: The input.
  /// - Throws: What the reader throws.
  func read(_ bytes: [UInt8]) throws {
    switch self {
    case .idx:
      let path = file(bytes)
      let results = [IDXContent.images, .labels].map { content in
        Result { try IDXFile(path: path, content: content) }
      }
      for result in results { _ = try result.get() }
    case .images: try readImages(file(bytes))
    case .csv: _ = try CSVFile(path: file(bytes), size: nil).read { _ in }
    case .npz: _ = try NPZFile(path: file(bytes), size: nil).read { _ in }
    case .safetensors: _ = try ModelFile(SafetensorsFile.read(path: file(bytes)))
    case .checkpoint: _ = try Checkpoint(path: file(bytes))
    case .model: try describe(String(decoding: bytes, as: UTF8.self))
    case .augmentation: _ = try Augmentation(String(decoding: bytes, as: UTF8.self))
    case .yaml: _ = try ConfigurationText.mapping(path: file(bytes))
    case .metrics:
      _ = file(bytes, RunPaths.metricsName)
      _ = try RecordedMetrics(Data(bytes), place: Self.name)
    case .record: _ = try RunRecord(Data(bytes), place: Self.name)
    case .scaling: _ = try ScalingResult.read(path: file(bytes))
    case .message:
      _ = try JSONDecoder().decode(RankAgreement.Items.self, from: Data(bytes))
    case .response: try FuzzedServer.shared.download(bytes, name: Self.name)
    }
  }

  private func readImages(_ path: String) throws {
    let reader = try ImageReader(path: path)
    while let size = try reader.nextSize() {
      let pixels = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: size.valueCount)
      defer { pixels.deallocate() }
      try reader.readPixels(into: pixels)
    }
  }

  private func describe(_ text: String) throws {
    let model = try ModelDescription(text)
    let again = try ModelDescription(model.description)
    precondition(again.description == model.description, "\(model) is not \(again)")
    _ = try Architecture(
      input: Shape(28, 28, 1), model: model, classCount: 10)
  }
}
