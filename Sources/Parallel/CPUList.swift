/// A set of CPU numbers as the kernel writes it: `0-3,8,10-11`, or nothing for no CPU.
///
/// The form of cpuset(7), without its strides, which the kernel reads but does not write.
struct CPUList: Equatable, CustomStringConvertible {
  /// The numbers, ascending.
  let cpus: [Int]

  /// More than any kernel is built for: a wrong number must not fill the memory.
  private static let limit = 1 << 20

  /// Takes numbers in any order.
  init(_ cpus: some Sequence<Int>) {
    self.cpus = Set(cpus).sorted()
  }

  /// Reads a list; nil for what the kernel would not write: other characters, numbers that go down,
  /// and those of 2^20 and above.
  ///
  /// - Parameter text: The list, with or without a line break behind it.
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
    // `Int` alone would take a sign.
    guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
      let number = Int(text), number < limit
    else { return nil }
    return number
  }

  /// The list as the kernel writes it.
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
