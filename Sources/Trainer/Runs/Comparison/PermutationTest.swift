import Parallel

/// A permutation test of the difference of two groups' means.
///
/// If the groups do not differ, every division of all values into groups of these sizes is equally
/// likely. The p-value is the share of divisions whose difference is at least as large as the one
/// seen, on either side.
///
/// Sources: Fisher, "The Design of Experiments", 1935; Pitman, "Significance tests which may be
/// applied to samples from any populations", J. Royal Statistical Society Supplement 4, 1937.
package struct PermutationTest: Sendable, Equatable {
  /// The most divisions that are all tried; of more, this many are drawn at random.
  package static let divisionLimit = 200_000

  /// Whether all divisions were tried.
  package let isExact: Bool
  /// The number of divisions tried.
  package let divisions: Int
  /// The number of them that have a difference at least as large as the one seen.
  package let extreme: Int
  /// The smallest p-value that groups of these sizes can give.
  package let smallestP: Double

  /// Compares groups.
  ///
  /// Values are whole numbers, such as counts of correct predictions on one test set, so that equal
  /// differences are found equal.
  ///
  /// - Parameters:
  ///   - first: The values of the first group, at least one.
  ///   - second: The values of the second group, at least one.
  ///   - seed: The seed of the random divisions, if they are too many to try all.
  package init(_ first: [Int], _ second: [Int], seed: UInt64 = 0) {
    precondition(!first.isEmpty && !second.isEmpty, "both groups have values")
    let values = first + second
    let total = values.reduce(0, +)
    // The difference of the means, multiplied by the sizes of both groups.
    func difference(_ sum: Int) -> Int { abs(sum * values.count - total * first.count) }
    let seen = difference(first.reduce(0, +))
    // If the groups are of one size, the reverse of a division is another with the same difference.
    let sides = first.count == second.count ? 2 : 1
    if let count = Self.divisionCount(values.count, first.count) {
      isExact = true
      divisions = count
      extreme = Self.sums(of: first.count, among: values).count { difference($0) >= seen }
      smallestP = Double(sides) / Double(count)
    } else {
      isExact = false
      divisions = Self.divisionLimit
      var draws = RandomDivisions(values, taking: first.count, seed: seed)
      extreme = (0..<Self.divisionLimit).count { _ in difference(draws.nextSum()) >= seen }
      smallestP = 1 / Double(Self.divisionLimit + 1)
    }
  }

  /// The two-sided p-value.
  ///
  /// A random sample of divisions counts the one seen as one more, since it is one of them.
  /// Otherwise p could be 0, which no permutation test can show (Phipson and Smyth 2010).
  package var p: Double {
    isExact
      ? Double(extreme) / Double(divisions) : Double(extreme + 1) / Double(divisions + 1)
  }

  /// The number of ways to choose some of the values; nil if it is above the limit.
  private static func divisionCount(_ count: Int, _ chosen: Int) -> Int? {
    var result = 1
    for i in 0..<min(chosen, count - chosen) {
      // Exact: the product of i + 1 consecutive numbers is a multiple of (i + 1)!.
      result = result * (count - i) / (i + 1)
      if result > divisionLimit { return nil }
    }
    return result
  }

  /// The sums of all choices of some values, in lexicographic order of their places.
  private static func sums(of chosen: Int, among values: [Int]) -> [Int] {
    var places = Array(0..<chosen)
    var sums: [Int] = []
    while true {
      sums.append(places.reduce(0) { $0 + values[$1] })
      // The last place that can move on; those behind it follow it.
      let free = places.indices.last { places[$0] < values.count - chosen + $0 }
      guard let free else { return sums }
      places[free] += 1
      for later in (free + 1)..<chosen { places[later] = places[later - 1] + 1 }
    }
  }
}

/// Random choices of some of a few values; each is equally likely.
private struct RandomDivisions {
  private var values: [Int]
  private let chosen: Int
  private var stream: RandomStream

  init(_ values: [Int], taking chosen: Int, seed: UInt64) {
    self.values = values
    self.chosen = chosen
    stream = RandomStream(seed: seed, purpose: .permutation)
  }

  /// The sum of the next choice: the first values of a shuffle, which need no more than its first
  /// swaps.
  mutating func nextSum() -> Int {
    var sum = 0
    for place in 0..<chosen {
      values.swapAt(place, place + Int(stream.next(below: UInt32(values.count - place))))
      sum += values[place]
    }
    return sum
  }
}
