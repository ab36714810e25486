/// Reads bytes into an array.
///
/// - Parameters:
///   - count: The number of bytes.
///   - fill: Fills its argument from the start, and returns the number of bytes.
/// - Returns: The bytes that `fill` wrote.
/// - Throws: What `fill` throws.
package func readBytes(
  _ count: Int, by fill: (UnsafeMutableRawBufferPointer) throws(DataError) -> Int
) throws(DataError) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  let found = try bytes.withUnsafeMutableBufferPointer { memory throws(DataError) in
    try fill(UnsafeMutableRawBufferPointer(memory))
  }
  return Array(bytes[..<found])
}
