import CParallel
import Dispatch
import Files
import Synchronization

/// A fixed set of worker threads that run the same function, each with its own index.
///
/// Each worker is one long-lived block on its own serial Dispatch queue, so it keeps its thread for
/// the lifetime of the team. Between jobs the workers sleep. The thread that calls ``run(_:)`` only
/// waits; it is not a worker.
package final class WorkerTeam: Sendable {
  /// The largest number of workers: Dispatch starts at most 255 blocks that wait.
  package static let maximumCount = 240

  /// The number of workers.
  package let count: Int
  /// The barrier of all workers, for use within a job.
  package let barrier: Barrier

  private let job: Job
  private let bindings: WorkerBindings

  /// Starts the workers.
  ///
  /// - Parameters:
  ///   - count: The number of workers, in `1...maximumCount`.
  ///   - coreCount: The number of cores that this process may use. With more workers than cores,
  ///     waiting workers yield their core instead of spinning.
  ///   - advice: How to need fewer threads, for the error; nil for no advice.
  /// - Throws: ``SystemRefusal`` if the system does not allow that many threads, or the few file
  ///   descriptors that Dispatch needs.
  package init(count: Int, coreCount: Int, advice: Message? = nil) throws(SystemRefusal) {
    precondition((1...Self.maximumCount).contains(count), "1 to \(Self.maximumCount) workers")
    self.count = count
    barrier = Barrier(
      threadCount: count, waitPolicy: count <= coreCount ? .ownCore : .sharedCore)
    let job = Job(workerCount: count)
    self.job = job
    let bindings = WorkerBindings(workerCount: count)
    self.bindings = bindings
    let workers =
      "\(counted(count + 1, "thread")) (\(counted(count, "worker")) and one that starts them)"
    try SystemRefusal.requireDescriptorsOfDispatch()
    try ThreadSupply.require(count + 1, for: workers, advice: advice)
    try Starter.start(count: count, job: job, bindings: bindings)
    var started = 0
    var silence = 0
    while started < count {
      let (now, wasInTime) = job.awaitStart(of: started, milliseconds: Self.startWait)
      if now > started || wasInTime {
        started = now
        silence = 0
        continue
      }
      silence += 1
      // Another process may have taken the available threads in the meantime.
      guard ThreadSupply.allowsDispatch(threads: 1), silence < Self.mostSilence else {
        job.stop()
        throw ThreadSupply.refusal(possible: started, for: workers, advice: advice)
      }
    }
  }

  /// The time to wait for one more worker before checking again whether threads are available, in
  /// ms, and how often.
  private static let startWait: Int32 = 500
  private static let mostSilence = 20

  deinit {
    job.stop()
  }

  /// Runs a function once on every worker, and returns when all have finished.
  ///
  /// Only one thread may call this at a time.
  ///
  /// - Parameter body: The function; its argument is the worker's index, in `0..<count`.
  package func run(_ body: @escaping @Sendable (_ worker: Int) -> Void) {
    job.run(body)
  }

  /// Binds each worker to one CPU, until it is bound again or the team ends.
  ///
  /// Only one thread may call this or ``run(_:)`` at a time.
  ///
  /// - Parameter cpus: The CPU of worker i at index i.
  /// - Throws: ``WorkerBindingError`` for the first worker that cannot be bound. Then no worker is
  ///   bound.
  package func bind(to cpus: [Int]) throws(WorkerBindingError) {
    precondition(cpus.count == count, "a CPU for each worker")
    let bindings = bindings
    run { worker in bindings.bind(worker: worker, to: cpus[worker]) }
    for (worker, cpu) in cpus.enumerated() {
      guard let failure = bindings.failure(worker: worker) else { continue }
      run { worker in bindings.restore(worker: worker) }
      throw WorkerBindingError(worker: worker, cpu: cpu, code: failure.code)
    }
  }
}

/// Starts workers on its own thread, on which Dispatch would block if the system refused it a
/// thread.
private final class Starter: Sendable {
  private let count: Int
  private let job: Job
  private let bindings: WorkerBindings

  private init(count: Int, job: Job, bindings: WorkerBindings) {
    self.count = count
    self.job = job
    self.bindings = bindings
  }

  static func start(
    count: Int, job: Job, bindings: WorkerBindings
  ) throws(SystemRefusal) {
    let starter = Unmanaged.passRetained(Starter(count: count, job: job, bindings: bindings))
    let code = parallel_start_detached(
      { argument in
        if let argument { Unmanaged<Starter>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, starter.toOpaque())
    if code == 0 { return }
    starter.release()
    throw ThreadSupply.refusal(possible: 0, for: "the thread that starts the workers")
  }

  private func run() {
    for worker in 0..<count {
      DispatchQueue(label: "worker-\(worker)").async { [job, bindings] in
        parallel_name_thread("worker-\(worker)")
        job.serve(worker: worker)
        // Dispatch reuses the thread for other blocks.
        bindings.restore(worker: worker)
      }
    }
  }
}

/// The state that workers sleep on, take their function from, and report to.
private final class Job: @unchecked Sendable {
  private let workerCount: UInt32
  // Written by `run` and `stop` while every worker sleeps; published by the generation.
  private var body: (@Sendable (Int) -> Void)?
  private let generation = SharedWord()
  private let unfinished = SharedWord()
  private let started = SharedWord()

  init(workerCount: Int) {
    self.workerCount = UInt32(workerCount)
  }

  func run(_ newBody: @escaping @Sendable (Int) -> Void) {
    body = newBody
    unfinished.word.pointee.store(workerCount, ordering: .relaxed)
    publish()
    while true {
      let left = unfinished.word.pointee.load(ordering: .acquiring)
      if left == 0 { break }
      unfinished.sleep(while: left)
    }
    body = nil
  }

  func stop() {
    body = nil
    publish()
  }

  /// Waits until more workers have started.
  ///
  /// - Parameters:
  ///   - known: The number of workers that had started.
  ///   - milliseconds: The time limit.
  /// - Returns: The number of workers that have started, and whether the time limit was not
  ///   reached.
  func awaitStart(of known: Int, milliseconds: Int32) -> (count: Int, wasInTime: Bool) {
    let wasInTime = started.sleep(while: UInt32(known), milliseconds: milliseconds)
    return (Int(started.word.pointee.load(ordering: .acquiring)), wasInTime)
  }

  func serve(worker: Int) {
    started.word.pointee.add(1, ordering: .releasing)
    started.wakeAll()
    var served: UInt32 = 0
    while true {
      while generation.word.pointee.load(ordering: .acquiring) == served {
        generation.sleep(while: served)
      }
      served &+= 1
      guard let body else { return }
      body(worker)
      if unfinished.word.pointee.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
        unfinished.wakeAll()
      }
    }
  }

  private func publish() {
    generation.word.pointee.add(1, ordering: .releasing)
    generation.wakeAll()
  }
}
