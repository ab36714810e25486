/// Cores in a row, each with the CPUs of the one before and the same number added.
struct CoreRun {
  /// A logical CPU of a core.
  struct Thread: Equatable {
    let cpu: Int
    let isUsable: Bool

    /// The number, in parentheses where it may not be used.
    var text: String { isUsable ? "\(cpu)" : "(\(cpu))" }
  }

  /// A physical core.
  struct Core: Equatable {
    let threads: [Thread]

    var text: String { threads.map(\.text).joined(separator: "+") }

    /// What is added to each CPU's number from one core to the next; nil if the two differ in more.
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
  /// From each core to the next; nil for one core.
  private var step: Int?

  private init(_ core: Core) {
    first = core
    last = core
  }

  /// Takes a core in, if it goes on where the run ends.
  private mutating func append(_ core: Core) -> Bool {
    guard let next = Core.step(from: last, to: core), step == nil || step == next else {
      return false
    }
    step = next
    last = core
    count += 1
    return true
  }

  /// The first and the last core, and the second where it is not the first's neighbour.
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

  /// Writes cores as runs.
  ///
  /// - Parameter cores: The cores, by their first CPU.
  /// - Returns: The runs, with spaces between them.
  static func text(of cores: [Core]) -> String {
    var runs: [CoreRun] = []
    for core in cores {
      if runs.isEmpty || !runs[runs.count - 1].append(core) { runs.append(CoreRun(core)) }
    }
    return runs.map(\.text).joined(separator: " ")
  }
}
