extension DecodingError {
  /// The position of the error in the JSON text, as a path of keys.
  var place: String {
    var keys: [any CodingKey] = []
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      keys = context.codingPath
    case .keyNotFound(let key, let context): keys = context.codingPath + [key]
    @unknown default: break
    }
    if keys.isEmpty { return "at the top level" }
    return "at \(keys.map(\.stringValue).joined(separator: "."))"
  }
}
