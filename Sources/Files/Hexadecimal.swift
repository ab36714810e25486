/// Bytes as text, two lower-case hexadecimal digits each.
///
/// - Parameters:
///   - bytes: The bytes.
///   - separator: The text between two bytes.
/// - Returns: The digits.
package func hexadecimal(_ bytes: some Sequence<UInt8>, separator: String = " ") -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: separator)
}
