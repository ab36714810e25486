/// A set of CPU numbers in Linux's list format: `0-3,8,10-11`, or empty for no CPU.
///
/// Source: cpuset(7), without strides, which Linux reads but does not write.
struct CPUList: Equatable, CustomStringConvertible {
  /// The numbers, ascending.
  let cpus: [Int]

  /// More CPUs than Linux supports.
  ///
  /// A wrong number must not fill the memory.
  private static let limit = 1 << 20

  /// Creates a set from numbers in any order.
  init(_ cpus: some Sequence<Int>) {
    self.cpus = Set(cpus).sorted()
  }

  /// Parses a list; nil for other characters, numbers that do not ascend, and numbers of 2^20 or
  /// more.
  ///
  /// - Parameter text: The list, with or without a line feed at its end.
  init?(text: some StringProtocol) {
    let text = String(text)
    let line = text.hasSuffix("\n") ? text.dropLast() : text[...]
    var cpus: [Int] = []
    for part in line.isEmpty ? [] : line.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      let numbers = ends.compactMap(Self.number)
      guard numbers.count == ends.count, let first = numbers.first, let last = numbers.last,
        numbers.count == 1 || first < last, first > cpus.last ?? -1
      else { return nil }
      cpus += first...last
    }
    self.cpus = cpus
  }

  private static func number(_ text: Substring) -> Int? {
    // `Int` alone would accept a sign.
    guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
      let number = Int(text), number < limit
    else { return nil }
    return number
  }

  /// The list in Linux's format.
  var description: String {
    var ranges: [ClosedRange<Int>] = []
    for cpu in cpus {
      if let last = ranges.last, last.upperBound + 1 == cpu {
        ranges[ranges.count - 1] = last.lowerBound...cpu
      } else {
        ranges.append(cpu...cpu)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }
}
