/// Part `part` of `0..<count`, divided into `parts` nearly equal runs at multiples of `alignment`.
///
/// - Parameters:
///   - part: The part, in `0..<parts`.
///   - parts: The number of parts.
///   - count: The number of items.
///   - alignment: Every part except the last starts and ends at a multiple of it.
/// - Returns: The part, possibly empty.
@inlinable
package func slice(_ part: Int, of parts: Int, count: Int, alignment: Int = 1) -> Range<Int> {
  let blocks = (count + alignment - 1) / alignment
  let lower = min(part * blocks / parts * alignment, count)
  let upper = min((part + 1) * blocks / parts * alignment, count)
  return lower..<upper
}

/// One part of a range, divided as ``slice(_:of:count:alignment:)`` divides a count.
///
/// - Parameters:
///   - part: The part, in `0..<parts`.
///   - parts: The number of parts.
///   - range: The items.
///   - alignment: Every part except the last ends at a multiple of it from the start of the range.
/// - Returns: The items of the part.
@inlinable
package func slice(
  _ part: Int, of parts: Int, range: Range<Int>, alignment: Int = 1
) -> Range<Int> {
  let part = slice(part, of: parts, count: range.count, alignment: alignment)
  return range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound
}
