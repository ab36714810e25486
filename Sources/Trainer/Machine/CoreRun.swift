/// A run of cores in which the CPU numbers of successive cores differ by a constant.
struct CoreRun {
  /// A logical CPU of a core.
  struct Thread: Equatable {
    let cpu: Int
    let isUsable: Bool

    /// The CPU number, in parentheses if it may not be used.
    var text: String { isUsable ? "\(cpu)" : "(\(cpu))" }
  }

  /// A physical core.
  struct Core: Equatable {
    let threads: [Thread]

    var text: String { threads.map(\.text).joined(separator: "+") }

    /// The constant difference between the CPU numbers of two cores; nil if there is none.
    static func step(from one: Core, to next: Core) -> Int? {
      guard one.threads.count == next.threads.count, let first = one.threads.first,
        let second = next.threads.first
      else { return nil }
      let step = second.cpu - first.cpu
      let moved = one.threads.map { Thread(cpu: $0.cpu + step, isUsable: $0.isUsable) }
      return moved == next.threads ? step : nil
    }
  }

  private var first: Core
  private var last: Core
  private var count = 1
  /// The difference from each core to the next; nil for a single core.
  private var step: Int?

  private init(_ core: Core) {
    first = core
    last = core
  }

  /// Appends a core if it continues the run.
  private mutating func append(_ core: Core) -> Bool {
    guard let next = Core.step(from: last, to: core), step == nil || step == next else {
      return false
    }
    step = next
    last = core
    count += 1
    return true
  }

  /// The first and the last core, and the second one if it is not the first one's neighbor.
  private var text: String {
    guard let step else { return first.text }
    let isRange = step == 1 && first.threads.count == 1 && first.threads[0].isUsable
    if isRange { return "\(first.text)-\(last.text)" }
    if count == 2 { return "\(first.text),\(last.text)" }
    let second = first.threads.map { Thread(cpu: $0.cpu + step, isUsable: $0.isUsable).text }
    return step == 1
      ? "\(first.text)..\(last.text)"
      : "\(first.text),\(second.joined(separator: "+"))..\(last.text)"
  }

  /// Writes cores as text in runs.
  ///
  /// - Parameter cores: The cores, in the order of their first CPUs.
  /// - Returns: The runs, separated by spaces.
  static func text(of cores: [Core]) -> String {
    var runs: [CoreRun] = []
    for core in cores {
      if runs.isEmpty || !runs[runs.count - 1].append(core) { runs.append(CoreRun(core)) }
    }
    return runs.map(\.text).joined(separator: " ")
  }
}
