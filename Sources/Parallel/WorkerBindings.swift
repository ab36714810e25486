/// Why a worker could not be bound to a CPU.
package struct WorkerBindingError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The worker.
  package let worker: Int
  /// The CPU.
  package let cpu: Int
  /// The system's error number: EINVAL where the process may not use the CPU.
  package let code: Int32

  /// Which worker, which CPU and what the system says.
  package var description: String {
    "worker \(worker) cannot be bound to CPU \(cpu): \(SystemError(code: code))"
  }
}

/// Where the workers of a team may run, and might before they were bound.
///
/// A worker only touches what is its own.
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
  ///   - worker: The worker.
  ///   - cpu: The CPU.
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

  /// What kept a worker from being bound last; to be asked while the workers sleep.
  func failure(worker: Int) -> SystemError? {
    bindings[worker].failure
  }

  /// Lets the calling worker run where it might before.
  ///
  /// - Parameter worker: The worker.
  func restore(worker: Int) {
    guard let original = bindings[worker].original else { return }
    do {
      try original.apply()
    } catch {
      // None of those CPUs is left: the kernel has chosen others, and chooses as well as anyone.
    }
    bindings[worker].original = nil
  }
}
