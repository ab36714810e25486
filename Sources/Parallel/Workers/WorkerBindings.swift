import Files

/// Why a worker could not be bound to a CPU.
package struct WorkerBindingError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The number of the worker.
  package let worker: Int
  /// The number of the CPU.
  package let cpu: Int
  /// The system's error number: EINVAL if the process may not use the CPU.
  package let code: Int32

  /// The worker, the CPU and the system's message.
  package var description: String {
    "worker \(worker) cannot be bound to CPU \(cpu): \(SystemError(code: code))"
  }
}

/// The affinity of the workers of a team, and their affinity before they were bound.
///
/// Each worker accesses only its own entry.
final class WorkerBindings: @unchecked Sendable {
  private struct Binding {
    var original: AffinityMask?
    var failure: SystemError?
  }

  private let bindings: UnsafeMutableBufferPointer<Binding>

  init(workerCount: Int) {
    bindings = .allocate(capacity: workerCount)
    bindings.initialize(repeating: Binding())
  }

  deinit {
    bindings.deinitialize()
    bindings.deallocate()
  }

  /// Binds the calling worker.
  ///
  /// - Parameters:
  ///   - worker: The calling worker.
  ///   - cpu: The CPU to bind it to.
  func bind(worker: Int, to cpu: Int) {
    do throws(SystemError) {
      let before = try AffinityMask.current()
      try AffinityMask(cpus: CollectionOfOne(cpu)).apply()
      if bindings[worker].original == nil { bindings[worker].original = before }
      bindings[worker].failure = nil
    } catch {
      bindings[worker].failure = error
    }
  }

  /// The latest failure to bind a worker.
  ///
  /// Call it only while the workers sleep.
  func failure(worker: Int) -> SystemError? {
    bindings[worker].failure
  }

  /// Restores the affinity that the calling worker had before it was bound.
  ///
  /// - Parameter worker: The calling worker.
  func restore(worker: Int) {
    guard let original = bindings[worker].original else { return }
    do {
      try original.apply()
    } catch {
      // None of those CPUs is left. Linux has chosen others, which is as good as any choice here.
    }
    bindings[worker].original = nil
  }
}
