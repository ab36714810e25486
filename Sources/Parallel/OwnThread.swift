import Glibc

/// A thread that runs one function.
///
/// Dispatch waits forever for a thread that the system refuses; here the caller is told.
package struct OwnThread: Sendable {
  private let identifier: pthread_t

  /// Starts a thread.
  ///
  /// - Parameter body: What it runs; it may run before this returns. Nil is the result where the system
  ///   refuses the thread: the body is not run then.
  package init?(_ body: @escaping @Sendable () -> Void) {
    let function = Unmanaged.passRetained(Function(body: body))
    var identifier = pthread_t()
    let code = pthread_create(
      &identifier, nil,
      { argument in
        if let argument { Unmanaged<Function>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, function.toOpaque())
    guard code == 0 else {
      function.release()
      return nil
    }
    self.identifier = identifier
  }

  /// Waits for its end; has to be called once.
  package func join() {
    pthread_join(identifier, nil)
  }
}

private final class Function: Sendable {
  let body: @Sendable () -> Void

  init(body: @escaping @Sendable () -> Void) {
    self.body = body
  }
}
