/// A number with what it counts, such as `1 thread`, `3 shards` and `10 classes`.
///
/// - Parameters:
///   - number: How many.
///   - noun: One of them.
///   - plural: More of them; nil for the noun with an s, or es after an s.
/// - Returns: Both.
package func counted(_ number: Int, _ noun: String, plural: String? = nil) -> String {
  "\(number) \(number == 1 ? noun : plural ?? noun + (noun.hasSuffix("s") ? "es" : "s"))"
}
