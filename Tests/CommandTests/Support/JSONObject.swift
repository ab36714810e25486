import Foundation

/// A JSON object's members, by name.
struct JSONObject {
  let members: [String: Any]

  init(_ text: some StringProtocol) throws {
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    guard let members = value as? [String: Any] else {
      throw DecodingError.typeMismatch(
        [String: Any].self, .init(codingPath: [], debugDescription: String(text)))
    }
    self.members = members
  }

  subscript(name: String) -> Any? { members[name] }

  var event: String? { members["event"] as? String }

  /// The members but those that say how fast and by how many the work was done.
  var withoutExecution: NSDictionary {
    var rest = members
    for name in [
      "seconds", "train_seconds", "samples_per_second", "threads", "machine",
    ] { rest[name] = nil }
    return rest as NSDictionary
  }

  /// The objects of JSON lines.
  static func lines(_ text: String) throws -> [JSONObject] {
    try text.split(separator: "\n").map { try JSONObject($0) }
  }
}
