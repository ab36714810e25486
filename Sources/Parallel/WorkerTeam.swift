import CParallel
import Dispatch
import Synchronization

/// A fixed set of worker threads that run the same function, each with its own index.
///
/// Each worker is one long-lived block on a serial Dispatch queue of its own, so it keeps its thread
/// for the team's whole life. Between jobs the workers sleep. The thread that calls
/// ``run(_:)`` only waits; it is not a worker.
public final class WorkerTeam: Sendable {
  /// The most workers a team can have: Dispatch starts no more than 255 blocks that wait.
  public static let maximumCount = 240

  /// How many workers there are.
  public let count: Int
  /// Where the workers of a job meet.
  public let barrier: Barrier

  private let job: Job
  private let bindings: WorkerBindings

  /// Starts the workers.
  ///
  /// - Parameters:
  ///   - count: How many, in `1...maximumCount`.
  ///   - coreCount: The cores this process may use; with more workers than that, waiting workers
  ///     yield their core instead of spinning.
  public init(count: Int, coreCount: Int) {
    precondition((1...Self.maximumCount).contains(count), "1 to \(Self.maximumCount) workers")
    self.count = count
    barrier = Barrier(
      threadCount: count, patience: count <= coreCount ? .ownCore : .sharedCore)
    let job = Job(workerCount: count)
    self.job = job
    let bindings = WorkerBindings(workerCount: count)
    self.bindings = bindings
    for worker in 0..<count {
      DispatchQueue(label: "worker-\(worker)").async {
        parallel_name_thread("worker-\(worker)")
        job.serve(worker: worker)
        // Dispatch lends the thread to others.
        bindings.restore(worker: worker)
      }
    }
  }

  deinit {
    job.stop()
  }

  /// Runs a function once on every worker and returns when all are done.
  ///
  /// Only one thread may call this at a time.
  ///
  /// - Parameter body: Called with the worker's index in `0..<count`.
  public func run(_ body: @escaping @Sendable (_ worker: Int) -> Void) {
    job.run(body)
  }

  /// Binds each worker to one CPU, until it is bound again or the team ends.
  ///
  /// Only one thread may call this or ``run(_:)`` at a time.
  ///
  /// - Parameter cpus: Worker i's CPU at index i.
  /// - Throws: ``WorkerBindingError`` for the first worker that cannot be bound; none is bound then.
  public func bind(to cpus: [Int]) throws(WorkerBindingError) {
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

/// What workers sleep on, take their function from, and report to.
private final class Job: @unchecked Sendable {
  private let workerCount: UInt32
  // Written by `run` and `stop` while every worker sleeps; the generation publishes it.
  private var body: (@Sendable (Int) -> Void)?
  private let generation = SharedWord()
  private let unfinished = SharedWord()

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

  func serve(worker: Int) {
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
