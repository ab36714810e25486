/// One value a thread, each touched by its own thread while others are at work.
///
/// ThreadSanitizer does not see the locking of `Mutex` and reports what it protects; it sees this.
final class Slots<Value: Sendable>: @unchecked Sendable {
  private let values: UnsafeMutableBufferPointer<Value>

  init(repeating value: Value, count: Int) {
    values = .allocate(capacity: count)
    values.initialize(repeating: value)
  }

  deinit {
    values.deinitialize()
    values.deallocate()
  }

  subscript(index: Int) -> Value {
    get { values[index] }
    set { values[index] = newValue }
  }

  /// All values; after the threads have met.
  var all: [Value] { Array(values) }
}
