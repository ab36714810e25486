import Glibc
import Model
import Parallel
import Synchronization

/// A profile of the workers: the clock is read at the end of each piece of work.
///
/// Only worker `i` writes to lane `i`. Lanes may be read only while no worker runs.
package final class StageProfile: Sendable {
  /// The recorded detail.
  package enum Detail: Sendable {
    /// Each piece of work, and the total time of each label, recorded from the start.
    case events
    /// Only the total time of each label, recorded while ``StageProfile/isRecording`` is true; it
    /// is false at the start.
    case totals
  }

  /// A piece of work; times are in nanoseconds of the monotonic clock.
  struct Event: BitwiseCopyable {
    var start: UInt64
    var end: UInt64
    var label: Int32
  }

  /// The recording state of one worker.
  private struct Lane: BitwiseCopyable {
    var count = 0
    var last: UInt64 = 0
    var dropped = 0
  }

  /// The titles of the labels.
  package let names: [String]
  private let kinds: [StageKind]
  private let capacity: Int
  private let events: [AlignedBuffer<Event>]
  private let lanes: [AlignedBuffer<Lane>]
  /// For each worker, the total time of each label in nanoseconds.
  private let totals: [AlignedBuffer<UInt64>]
  private let recording: Atomic<Bool>

  /// Allocates all memory; recording allocates none.
  ///
  /// - Parameters:
  ///   - network: The network whose stages are recorded.
  ///   - workerCount: The number of workers.
  ///   - detail: The detail to record.
  ///   - capacity: The maximum number of events per worker; further events are dropped and counted.
  package init(
    network: Network, workerCount: Int, detail: Detail = .events, capacity: Int = 200_000
  ) {
    let capacity = detail == .events ? capacity : 0
    names = StageLabel.names(network)
    kinds = StageLabel.kinds(network)
    self.capacity = capacity
    let labelCount = names.count
    events = (0..<workerCount).map { _ in AlignedBuffer(count: capacity) }
    lanes = (0..<workerCount).map { _ in AlignedBuffer(count: 1) }
    totals = (0..<workerCount).map { _ in AlignedBuffer(count: labelCount) }
    recording = Atomic(detail == .events)
  }

  /// Whether work is recorded; may be changed only while no worker runs.
  package var isRecording: Bool {
    get { recording.load(ordering: .relaxed) }
    set { recording.store(newValue, ordering: .relaxed) }
  }

  /// Starts a worker's clock; earlier time is not attributed to any label.
  func start(worker: Int) {
    lanes[worker].pointer.pointee.last = Self.now()
  }

  /// Records the time since the worker's last reading of the clock with a label.
  func lap(worker: Int, _ label: StageLabel) {
    guard isRecording else { return }
    let lane = lanes[worker].pointer
    let now = Self.now()
    totals[worker].pointer[Int(label.rawValue)] += now - lane.pointee.last
    if lane.pointee.count < capacity {
      events[worker].pointer[lane.pointee.count] = Event(
        start: lane.pointee.last, end: now, label: label.rawValue)
      lane.pointee.count += 1
    } else if capacity > 0 {
      lane.pointee.dropped += 1
    }
    lane.pointee.last = now
  }

  /// A worker's events in order of time.
  func events(worker: Int) -> UnsafeBufferPointer<Event> {
    UnsafeBufferPointer(
      start: events[worker].pointer, count: lanes[worker].pointer.pointee.count)
  }

  /// The number of workers.
  package var workerCount: Int { lanes.count }

  /// The number of events of all workers that exceeded the capacity.
  package var droppedCount: Int { lanes.reduce(0) { $0 + $1.pointer.pointee.dropped } }

  /// The total time of each label in seconds, summed over all workers; labels without time are
  /// omitted.
  package var secondsByLabel: [(name: String, seconds: Double)] {
    zip(names, secondsOfLabels).filter { $0.1 > 0 }
  }

  /// The total time of each kind of work in seconds, summed over all workers.
  package var secondsByKind: [StageKind: Double] {
    var result = Dictionary(uniqueKeysWithValues: StageKind.allCases.map { ($0, 0.0) })
    for (kind, seconds) in zip(kinds, secondsOfLabels) { result[kind, default: 0] += seconds }
    return result
  }

  private var secondsOfLabels: [Double] {
    names.indices.map { label in
      Double(totals.reduce(0) { $0 + $1.pointer[label] }) * 1e-9
    }
  }

  private static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
