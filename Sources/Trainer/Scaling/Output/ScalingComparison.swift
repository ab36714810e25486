import Pages
import Runs

/// A comparison of two experiments: how their setups differ, and how their results do.
package struct ScalingComparison: Sendable {
  /// A property that differs between the experiments and may make their figures incomparable.
  package struct Difference: Sendable, Equatable, Encodable {
    /// The name of the property.
    package let name: String
    /// The value in the first experiment; nil if it has none.
    package let first: String?
    /// The value in the second experiment; nil if it has none.
    package let second: String?
  }

  /// A configuration that both experiments measured.
  package struct Pair: Sendable, Equatable, Encodable {
    /// The configuration.
    package let configuration: MeasuredConfiguration
    /// The rate in the first experiment, in samples per second.
    package let first: Estimate
    /// The rate in the second experiment, in samples per second.
    package let second: Estimate
    /// The second rate divided by the first.
    package let ratio: Estimate
    /// Whether the interval of the ratio is known and does not contain 1.
    package let showsDifference: Bool
    /// Whether both models have the same digest; nil if the digests are of different steps.
    package let sameDigest: Bool?

    private enum CodingKeys: String, CodingKey {
      case configuration, first, second, ratio
      case showsDifference = "shows_difference"
      case sameDigest = "same_digest"
    }
  }

  /// The differences between the setups.
  package let differences: [Difference]
  /// The configurations that both measured, in the order of the first experiment.
  package let pairs: [Pair]
  /// The configurations that only the first measured.
  package let onlyInFirst: [MeasuredConfiguration]
  /// The configurations that only the second measured.
  package let onlyInSecond: [MeasuredConfiguration]

  /// Compares two experiments.
  ///
  /// - Parameters:
  ///   - first: An experiment.
  ///   - second: Another experiment; ratios are its values divided by those of the first.
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
  /// The names and values that must be equal for two experiments to be comparable.
  fileprivate var comparableEntries: [ReportEntry] {
    // The path of the data does not matter: names and digests identify them.
    let data = dataset.entries.filter { $0.name != "data set" }
    return planEntries + [ReportEntry("trainer", version)] + machine.entries
      + [
        ReportEntry("topology", topology.summary), ReportEntry("data", dataset.summary),
        ReportEntry("parameters", "\(parameters)"),
      ] + data
  }
}
