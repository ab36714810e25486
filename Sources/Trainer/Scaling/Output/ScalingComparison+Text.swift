import Pages

extension ScalingComparison {
  /// The comparison as lines of text for a terminal, 80 columns wide.
  package var lines: [String] {
    let parts = [differenceLines, pairLines, onlyLines].filter { !$0.isEmpty }
    return parts.enumerated().flatMap { ($0.offset > 0 ? [""] : []) + $0.element }
  }

  private var differenceLines: [String] {
    guard !differences.isEmpty else { return [] }
    return ["These differ between A and B, so the figures may not be comparable:"]
      + differences.flatMap { difference in
        ScalingTable.wrapped(
          "\(difference.name): A \(difference.first ?? "-"), B \(difference.second ?? "-")")
      }
  }

  private var pairLines: [String] {
    if pairs.isEmpty { return ["No configuration was measured in both."] }
    let shards = Set(pairs.map(\.configuration.shardSize)).sorted()
    return shards.flatMap { shard -> [String] in
      let lines = table(pairs.filter { $0.configuration.shardSize == shard })
      return ["shard \(shard), samples/s"] + lines
    } + explanations.flatMap { ScalingTable.wrapped($0, indent: 4) }
  }

  private func table(_ pairs: [Pair]) -> [String] {
    let hasRanks = self.pairs.contains { $0.configuration.ranks > 1 }
    let names =
      ["threads"] + (hasRanks ? ["ranks"] : [])
      + ["batch", "A", "95 %\ninterval", "B", "95 %\ninterval", "B/A", "95 %\ninterval"]
    let rows = pairs.map { pair in
      let configuration = pair.configuration
      return ["\(configuration.threads)"] + (hasRanks ? ["\(configuration.ranks)"] : [])
        + ["\(configuration.batchSize)"] + cells(pair.first, decimals: 0)
        + cells(pair.second, decimals: 0) + cells(pair.ratio, decimals: 3) + [signs(pair)]
    }
    return TextTable(
      columns: names.map { .init($0) } + [.init("", .left)], rows: rows
    ).lines(width: ScalingTable.width)
  }

  private func cells(_ estimate: Estimate, decimals: Int) -> [String] {
    func text(_ value: Double) -> String { FigureText.fixed(value, decimals) }
    let interval = estimate.range.map { "\(text($0.lowerBound))-\(text($0.upperBound))" }
    return [text(estimate.median), interval ?? "-"]
  }

  private func signs(_ pair: Pair) -> String {
    ((pair.showsDifference ? [] : ["="]) + (pair.sameDigest == false ? ["d"] : []))
      .joined(separator: " ")
  }

  private var explanations: [String] {
    var sentences: [String] = []
    if pairs.contains(where: { !$0.showsDifference }) {
      sentences.append(
        "=: no difference shown: the interval of B/A contains 1, or there are too few repeats for "
          + "one.")
    }
    if pairs.contains(where: { $0.sameDigest == false }) {
      sentences.append("d: the digests differ, so the trained models differ.")
    }
    return sentences
  }

  private var onlyLines: [String] {
    func lines(_ name: String, _ configurations: [MeasuredConfiguration]) -> [String] {
      configurations.map { "only in \(name): \($0.words)" }
    }
    return lines("A", onlyInFirst) + lines("B", onlyInSecond)
  }
}
