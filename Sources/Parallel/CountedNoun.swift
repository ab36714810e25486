/// A number with what it counts, such as `1 thread` and `3 shards`.
///
/// - Parameters:
///   - number: How many.
///   - noun: One of them.
///   - plural: More of them; nil for the noun with an s.
/// - Returns: Both.
public func counted(_ number: Int, _ noun: String, plural: String? = nil) -> String {
  "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
}
