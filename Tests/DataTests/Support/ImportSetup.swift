import TestSupport

@testable import ImageData
@testable import Importing

/// The training set or the test set as arrays.
struct ReadSet: Equatable {
  var labels: [UInt8]
  var pixels: [UInt8]

  init(_ labels: [UInt8], _ pixels: [UInt8]) {
    self.labels = labels
    self.pixels = pixels
  }

  init(_ set: ImageSet) {
    self.init(Array(set.labels), Array(set.pixels))
  }
}

extension TemporaryFolder {
  /// Imports a source in the folder, with changes of the request.
  func imported(
    _ source: String, _ change: (inout ImportRequest) -> Void = { _ in }
  ) throws -> DatasetImporter.Imported {
    var request = ImportRequest(source: path(source))
    change(&request)
    return try DatasetImporter.read(request, for: path("imported"))
  }

  /// What is wrong with a source, without the folder's path; empty if nothing is.
  func importProblem(
    _ source: String, _ change: (inout ImportRequest) -> Void = { _ in }
  ) -> String {
    let error = dataError { _ = try imported(source, change) }
    return error?.description.replacing(path(""), with: "") ?? ""
  }

  /// Writes an NPZ file.
  func writeNPZ(
    _ arrays: [(name: String, file: NPYFile)], to name: String = "a.npz", isPacked: Bool = false,
    change: (inout [ZipFile.Member]) -> Void = { _ in }
  ) throws {
    var members = arrays.map {
      ZipFile.Member("\($0.name).npy", $0.file.bytes, isPacked: isPacked)
    }
    change(&members)
    try write(ZipFile(members).bytes, to: name)
  }
}

/// A raw PGM image.
func pgm(_ rows: Int, _ columns: Int, _ pixels: [UInt8]) -> [UInt8] {
  Array("P5 \(columns) \(rows) 255\n".utf8) + pixels
}
