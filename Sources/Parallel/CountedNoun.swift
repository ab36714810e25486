/// A number with what it counts, such as `1 thread` and `3 shards`.
///
/// - Parameters:
///   - number: How many.
///   - noun: One of them; more have an s.
/// - Returns: Both.
public func counted(_ number: Int, _ noun: String) -> String {
  "\(number) \(noun)\(number == 1 ? "" : "s")"
}
