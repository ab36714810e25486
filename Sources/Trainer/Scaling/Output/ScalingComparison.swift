import Pages
import Runs

/// Two experiments side by side: what differs in how they were made, and what came out.
package struct ScalingComparison: Sendable {
  /// Something that is not the same in both, so that figures mean something else.
  package struct Difference: Sendable, Equatable, Encodable {
    /// Its name.
    package let name: String
    /// In the first; nil if it is not there.
    package let first: String?
    /// In the second; nil if it is not there.
    package let second: String?
  }

  /// A configuration that both measured.
  package struct Pair: Sendable, Equatable, Encodable {
    /// The configuration.
    package let configuration: MeasuredConfiguration
    /// Samples a second in the first.
    package let first: Estimate
    /// Samples a second in the second.
    package let second: Estimate
    /// The second's rate over the first's.
    package let ratio: Estimate
    /// Whether the ratio's interval is known and does not hold 1.
    package let showsDifference: Bool
    /// Whether both ended with the same bits; nil if digests are of different steps.
    package let sameDigest: Bool?

    private enum CodingKeys: String, CodingKey {
      case configuration, first, second, ratio
      case showsDifference = "shows_difference"
      case sameDigest = "same_digest"
    }
  }

  /// What differs.
  package let differences: [Difference]
  /// What both measured, in the order of the first.
  package let pairs: [Pair]
  /// What only the first measured.
  package let onlyInFirst: [MeasuredConfiguration]
  /// What only the second measured.
  package let onlyInSecond: [MeasuredConfiguration]

  /// Compares two experiments.
  ///
  /// - Parameters:
  ///   - first: One that was read, or just made.
  ///   - second: Another; ratios are of it over the first.
  package init(_ first: ScalingResult, _ second: ScalingResult) {
    differences = Self.differences(first.comparableEntries, second.comparableEntries)
    let (one, other) = (Self.points(of: first), Self.points(of: second))
    let partners = Dictionary(
      other.map { ($0.configuration, $0) }, uniquingKeysWith: { first, _ in first })
    pairs = one.compactMap { point in
      partners[point.configuration].map { Self.pair(point, $0) }
    }
    let known = Set(one.map(\.configuration))
    onlyInFirst = one.map(\.configuration).filter { partners[$0] == nil }
    onlyInSecond = other.map(\.configuration).filter { !known.contains($0) }
  }

  private static func points(of result: ScalingResult) -> [ScalingPoint] {
    result.series.flatMap(\.points)
  }

  private static func pair(_ first: ScalingPoint, _ second: ScalingPoint) -> Pair {
    let ratio = Bootstrap.ratio(
      second.measurements.map(\.samplesPerSecond), first.measurements.map(\.samplesPerSecond))
    let steps = Set((first.measurements + second.measurements).map(\.digestStep))
    return Pair(
      configuration: first.configuration, first: first.samplesPerSecond,
      second: second.samplesPerSecond, ratio: ratio,
      showsDifference: ratio.range.map { !$0.contains(1) } ?? false,
      sameDigest: steps.count == 1 ? first.digest == second.digest : nil)
  }

  private static func differences(
    _ first: [ReportEntry], _ second: [ReportEntry]
  ) -> [Difference] {
    func value(_ name: String, _ entries: [ReportEntry]) -> String? {
      entries.first { $0.name == name }?.value
    }
    var names: [String] = []
    for entry in first + second where !names.contains(entry.name) { names.append(entry.name) }
    return names.compactMap { name in
      let (one, other) = (value(name, first), value(name, second))
      return one == other ? nil : Difference(name: name, first: one, second: other)
    }
  }
}

extension ScalingComparison: Encodable {
  private enum CodingKeys: String, CodingKey {
    case differences, pairs
    case onlyInFirst = "only_in_first"
    case onlyInSecond = "only_in_second"
  }
}

extension ScalingResult {
  /// What has to be the same in two experiments for their figures to be comparable: names and values.
  fileprivate var comparableEntries: [ReportEntry] {
    // Where the data lies does not change it: names and digests tell.
    let data = dataset.entries.filter { $0.name != "data set" }
    return planEntries + [ReportEntry("trainer", version)] + machine.entries
      + [
        ReportEntry("topology", topology.summary), ReportEntry("data", dataset.summary),
        ReportEntry("parameters", "\(parameters)"),
      ] + data
  }
}
