/// A number with its noun, for example `1 thread`, `3 shards` and `10 classes`.
///
/// - Parameters:
///   - number: The number.
///   - noun: The noun in the singular.
///   - plural: The plural; nil appends s, or es after an s.
/// - Returns: The number and the noun.
package func counted(_ number: Int, _ noun: String, plural: String? = nil) -> String {
  "\(number) \(number == 1 ? noun : plural ?? noun + (noun.hasSuffix("s") ? "es" : "s"))"
}
