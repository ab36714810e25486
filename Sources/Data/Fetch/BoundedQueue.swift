import Foundation

/// Delivers one message of a URL session at a time, and makes the session wait while too many are to be delivered.
///
/// The session itself keeps everything that a server sends faster than it is consumed.
final class BoundedQueue: OperationQueue, @unchecked Sendable {
  /// Messages of up to about 100 KB.
  private let free = DispatchSemaphore(value: 64)

  override init() {
    super.init()
    maxConcurrentOperationCount = 1
  }

  override func addOperation(_ block: @escaping @Sendable () -> Void) {
    free.wait()
    super.addOperation { [free] in
      block()
      free.signal()
    }
  }
}
