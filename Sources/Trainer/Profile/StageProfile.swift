import Glibc
import Model
import Parallel

/// What a worker does between two readings of the clock.
struct StageLabel: Sendable, Equatable {
  /// The label as the small number that a profile stores.
  let rawValue: Int32

  private static let general = [
    "gather", "loss", "wait", "between steps", "accumulate", "gradient norm", "limit weight norms",
    "moving average", "exchange with ranks", "update own parameters",
  ]
  private static let byLayer = [
    "forward", "normalise", "backward", "finish backward", "merge forward", "merge backward",
    "reduce and update",
  ]

  static let wait = StageLabel(rawValue: 2)
  static let betweenSteps = StageLabel(rawValue: 3)
  static let accumulate = StageLabel(rawValue: 4)
  static let gradientNorm = StageLabel(rawValue: 5)
  static let limitWeightNorms = StageLabel(rawValue: 6)
  static let movingAverage = StageLabel(rawValue: 7)
  static let exchange = StageLabel(rawValue: 8)
  static let updateOwned = StageLabel(rawValue: 9)

  private init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  private init(kind: Int, layer: Int) {
    rawValue = Int32(Self.general.count + layer * Self.byLayer.count + kind)
  }

  init(_ operation: StageProgram.Operation) {
    switch operation {
    case .gather: self.init(rawValue: 0)
    case .loss: self.init(rawValue: 1)
    case .forward(let layer): self.init(kind: 0, layer: layer)
    case .finishForward(let layer): self.init(kind: 1, layer: layer)
    case .backward(let layer): self.init(kind: 2, layer: layer)
    case .finishBackward(let layer): self.init(kind: 3, layer: layer)
    }
  }

  init(_ merge: StageProgram.Merge) {
    switch merge {
    case .forward(let layer): self.init(kind: 4, layer: layer)
    case .backward(let layer): self.init(kind: 5, layer: layer)
    }
  }

  static func update(layer: Int) -> StageLabel {
    StageLabel(kind: 6, layer: layer)
  }

  /// Every label's words for a network, at its raw value.
  static func names(_ network: Network) -> [String] {
    general + network.layers.flatMap { layer in byLayer.map { "\($0) \(layer.name)" } }
  }
}

/// When each worker did what: one reading of the clock at the end of every piece of work.
///
/// Only worker `i` writes in lane `i`; lanes are read when no worker runs.
public final class StageProfile: Sendable {
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
  public let names: [String]
  private let capacity: Int
  private let events: [AlignedBuffer<Event>]
  private let lanes: [AlignedBuffer<Lane>]

  /// Makes room; nothing is allocated later.
  ///
  /// - Parameters:
  ///   - network: The network whose stages are recorded.
  ///   - workerCount: How many workers there are.
  ///   - capacity: Events that each worker can record; later ones are counted as dropped.
  public init(network: Network, workerCount: Int, capacity: Int = 200_000) {
    names = StageLabel.names(network)
    self.capacity = capacity
    events = (0..<workerCount).map { _ in AlignedBuffer(count: capacity) }
    lanes = (0..<workerCount).map { _ in AlignedBuffer(count: 1) }
  }

  /// Starts a worker's clock: what was before is nobody's work.
  func start(worker: Int) {
    lanes[worker].pointer.pointee.last = Self.now()
  }

  /// Records that a worker did something from its last reading of the clock until now.
  func lap(worker: Int, _ label: StageLabel) {
    let lane = lanes[worker].pointer
    let now = Self.now()
    if lane.pointee.count < capacity {
      events[worker].pointer[lane.pointee.count] = Event(
        start: lane.pointee.last, end: now, label: label.rawValue)
      lane.pointee.count += 1
    } else {
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
  public var workerCount: Int { lanes.count }

  /// Events that found no room, of all workers.
  public var droppedCount: Int { lanes.reduce(0) { $0 + $1.pointer.pointee.dropped } }

  /// Seconds of all workers together by label; labels without time are left out.
  public var secondsByLabel: [(name: String, seconds: Double)] {
    var nanoseconds = [UInt64](repeating: 0, count: names.count)
    for worker in 0..<workerCount {
      for event in events(worker: worker) {
        nanoseconds[Int(event.label)] += event.end - event.start
      }
    }
    return zip(names, nanoseconds).filter { $0.1 > 0 }.map { ($0.0, Double($0.1) * 1e-9) }
  }

  private static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
