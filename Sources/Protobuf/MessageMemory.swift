/// Memory of what a message of protobuf-c points to: texts, arrays and other messages.
///
/// It is freed with this object, which must live until the message is encoded.
package final class MessageMemory {
  private var allocations: [UnsafeMutableRawPointer] = []

  /// Creates an object without memory.
  package init() {}

  deinit {
    allocations.forEach { $0.deallocate() }
  }

  /// Copies values.
  ///
  /// - Parameter values: The values.
  /// - Returns: The copies, one after the other.
  package func place<Value>(_ values: some Collection<Value>) -> UnsafeMutablePointer<Value> {
    let start = UnsafeMutablePointer<Value>.allocate(capacity: values.count)
    _ = UnsafeMutableBufferPointer(start: start, count: values.count).initialize(from: values)
    allocations.append(start)
    return start
  }

  /// Copies a text.
  ///
  /// - Parameter text: The text, without a zero byte.
  /// - Returns: Its bytes in UTF-8, and a zero byte.
  package func place(_ text: String) -> UnsafeMutablePointer<CChar> { place(text.utf8CString) }

  /// Copies messages.
  ///
  /// - Parameter messages: The messages.
  /// - Returns: A pointer to each copy, one after the other.
  package func places<Message>(
    of messages: [Message]
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<Message>?> {
    place(messages.map { message -> UnsafeMutablePointer<Message>? in place([message]) })
  }
}
