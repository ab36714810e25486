import Foundation

/// Values made with PyTorch in double precision, in the folder Reference.
enum Reference {
  /// Reads one of the files.
  ///
  /// - Parameters:
  ///   - name: The file's name without `.json`.
  ///   - type: What it holds.
  /// - Returns: The content.
  /// - Throws: What Foundation says.
  static func read<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
    let folder = Bundle.module.bundleURL.appending(path: "Reference")
    let data = try Data(contentsOf: folder.appending(path: "\(name).json"))
    return try JSONDecoder().decode(type, from: data)
  }

  /// A tensor of one or two extents, flat.
  struct Tensor: Decodable {
    let values: [Double]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      do {
        values = try container.decode([Double].self)
      } catch DecodingError.typeMismatch {
        values = try container.decode([[Double]].self).flatMap(\.self)
      }
    }

    var floats: [Float] { values.map { Float($0) } }
  }
}
