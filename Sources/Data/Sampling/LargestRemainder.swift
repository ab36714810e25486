/// Apportionment by the method of largest remainders (Hamilton's).
enum LargestRemainder {
  /// Divides a total in proportion to sizes.
  ///
  /// Each share is its quota `total * size / sum of sizes`, rounded down or up. The largest
  /// remainders are rounded up; of equal ones, those that come first.
  ///
  /// - Parameters:
  ///   - total: What is divided, at most the sum of the sizes.
  ///   - sizes: The sizes (count), not negative.
  /// - Returns: The shares (count), whose sum is `total`; none exceeds its size.
  static func shares(of total: Int, among sizes: [Int]) -> [Int] {
    let sum = sizes.reduce(0, +)
    precondition((0...sum).contains(total), "a total is divided among at least as many")
    guard total > 0 else { return sizes.map { _ in 0 } }
    let quotas = sizes.map { (total * $0).quotientAndRemainder(dividingBy: sum) }
    var shares = quotas.map(\.quotient)
    let left = total - shares.reduce(0, +)
    let order = quotas.indices.sorted {
      (quotas[$1].remainder, $0) < (quotas[$0].remainder, $1)
    }
    for index in order.prefix(left) { shares[index] += 1 }
    return shares
  }
}
