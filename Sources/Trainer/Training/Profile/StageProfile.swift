import Glibc
import Model
import Parallel
import Synchronization

/// When each worker did what: one reading of the clock at the end of every piece of work.
///
/// Only worker `i` writes in lane `i`; lanes are read when no worker runs.
package final class StageProfile: Sendable {
  /// What is kept.
  package enum Detail: Sendable {
    /// Every piece of work, from the start on.
    case events
    /// The time of each label, while ``StageProfile/isRecording`` is set; it is not at the start.
    case totals
  }

  /// A piece of work.
  struct Event: BitwiseCopyable {
    var start: UInt64
    var end: UInt64
    var label: Int32
  }

  /// A worker's events.
  private struct Lane: BitwiseCopyable {
    var count = 0
    var last: UInt64 = 0
    var dropped = 0
  }

  /// The words of the labels.
  package let names: [String]
  private let kinds: [StageKind]
  private let capacity: Int
  private let events: [AlignedBuffer<Event>]
  private let lanes: [AlignedBuffer<Lane>]
  /// Nanoseconds of each worker by label.
  private let totals: [AlignedBuffer<UInt64>]
  private let recording: Atomic<Bool>

  /// Makes room; nothing is allocated later.
  ///
  /// - Parameters:
  ///   - network: The network whose stages are recorded.
  ///   - workerCount: How many workers there are.
  ///   - detail: What is kept.
  ///   - capacity: Events that each worker can record; later ones are counted as dropped.
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

  /// Whether work is recorded; to be changed while no worker runs.
  package var isRecording: Bool {
    get { recording.load(ordering: .relaxed) }
    set { recording.store(newValue, ordering: .relaxed) }
  }

  /// Starts a worker's clock: what was before is nobody's work.
  func start(worker: Int) {
    lanes[worker].pointer.pointee.last = Self.now()
  }

  /// Records that a worker did something from its last reading of the clock until now.
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

  /// How many workers there are.
  package var workerCount: Int { lanes.count }

  /// Events that found no room, of all workers.
  package var droppedCount: Int { lanes.reduce(0) { $0 + $1.pointer.pointee.dropped } }

  /// Seconds of all workers together by label; labels without time are left out.
  package var secondsByLabel: [(name: String, seconds: Double)] {
    zip(names, secondsOfLabels).filter { $0.1 > 0 }
  }

  /// Seconds of all workers together by the kind of work.
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
