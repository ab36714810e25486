import Files
import Foundation

/// What a fetch found, in a file beside the data.
///
/// Some publishers list no digest of the content. Then this is what later damage is found with.
package struct FetchRecord: Codable, Equatable, Sendable {
  /// The name of the file.
  package static let fileName = "fetched.json"

  /// The name of the published data set.
  package var dataset: String

  /// Whether rows and columns of the images are swapped.
  package var isTransposed: Bool

  /// The SHA-256 of each unpacked file, by its plain name.
  package var sha256: [String: String]

  private enum CodingKeys: String, CodingKey {
    case dataset, sha256
    case isTransposed = "transposed"
  }

  private static let sizeLimit = 1 << 16

  /// Creates a record.
  ///
  /// - Parameters:
  ///   - dataset: The name of the published data set.
  ///   - isTransposed: Whether rows and columns of the images are swapped.
  ///   - sha256: The SHA-256 of each unpacked file, by its plain name.
  package init(dataset: String, isTransposed: Bool, sha256: [String: String]) {
    self.dataset = dataset
    self.isTransposed = isTransposed
    self.sha256 = sha256
  }

  /// Reads the record of a directory.
  ///
  /// - Parameters:
  ///   - location: The directory.
  ///   - known: The published data set that its files have to be: a record of another one tells
  ///     nothing about them. Nil takes the record of any.
  /// - Returns: The record; nil if there is none.
  /// - Throws: `DataError`: `unreadable`, or `invalid` with what was found and what was expected.
  package static func read(
    in location: DatasetLocation, of known: KnownDataset? = nil
  ) throws(DataError) -> FetchRecord? {
    let path = location.path(fileName)
    guard try fileExists(path) else { return nil }
    let bytes = try DataError.wrapping { () throws(FileError) in
      try InputFile(path: path).contents(limit: sizeLimit)
    }
    do {
      let record = try JSONDecoder().decode(FetchRecord.self, from: Data(bytes))
      if let known, record.dataset != known.name { return nil }
      return record
    } catch {
      throw .invalid(
        path,
        "found \(bytes.count) bytes that are not a record, expected a JSON object with dataset, "
          + "sha256 and transposed, as a fetch writes it")
    }
  }

  /// The record as JSON with sorted keys.
  ///
  /// - Returns: The content of the file.
  /// - Throws: The encoder's error.
  package func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try Array(encoder.encode(self)) + [UInt8(ascii: "\n")]
  }
}
