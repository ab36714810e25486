/// A number with what it counts, such as `1 thread`, `3 shards` and `10 classes`.
///
/// - Parameters:
///   - number: How many.
///   - noun: One of them; more have an s, or es after an s.
/// - Returns: Both.
public func counted(_ number: Int, _ noun: String) -> String {
  "\(number) \(noun)\(number == 1 ? "" : noun.hasSuffix("s") ? "es" : "s")"
}
