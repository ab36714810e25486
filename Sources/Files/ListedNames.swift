/// Names for a message, of which only the first are listed if there are many.
///
/// - Parameters:
///   - names: The names.
///   - limit: The most that are listed.
/// - Returns: For example `a, b, c and 7 more`.
package func listed(_ names: some Collection<String>, limit: Int = 10) -> String {
  let rest = names.count - limit
  return names.prefix(limit).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
}
