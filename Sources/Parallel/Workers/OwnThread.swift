import CParallel
import Files
import Glibc

/// A thread that runs one function, with the file system of the thread that starts it.
///
/// Dispatch waits forever for a thread that the system refuses; this initializer reports the
/// refusal.
package struct OwnThread: Sendable {
  private let identifier: pthread_t

  /// The address space of a thread's stack, in bytes.
  package static var stackSize: Int { parallel_stack_size() }

  /// Starts a thread; nil if the system refuses it, and then `body` does not run.
  ///
  /// - Parameter body: The function to run. It may start before this initializer returns.
  package init?(_ body: @escaping @Sendable () -> Void) {
    let files = FileSystems.current
    let function = Unmanaged.passRetained(
      Function { FileSystems.$current.withValue(files, operation: body) })
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

  /// Waits for the thread's end; must be called once.
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
