import ArgumentParser

/// Whole numbers above 0, such as `1,2,4` on the command line, without duplicates.
struct WholeNumbers: ExpressibleByArgument, Equatable {
  /// The numbers, ascending.
  let values: [Int]

  init(_ values: Int...) {
    self.values = values
  }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count, numbers.allSatisfy({ $0 > 0 }) else { return nil }
    values = Set(numbers).sorted()
  }

  var defaultValueDescription: String { values.map(String.init).joined(separator: ",") }
}
