import Model
import Parallel

/// Which rank updates which parameters: runs of the flat buffer of nearly equal length, in whole cache
/// lines.
///
/// A rank holds the optimizer's state of its own run alone.
package struct ParameterShares: Sendable, Equatable {
  /// Floats of the flat buffer.
  package let parameterCount: Int
  /// How many ranks there are.
  package let rankCount: Int

  /// Cuts the parameters.
  ///
  /// - Parameters:
  ///   - network: Whose parameters.
  ///   - rankCount: How many ranks there are.
  package init(_ network: Network, rankCount: Int) {
    parameterCount = network.parameters.count
    self.rankCount = rankCount
  }

  /// A rank's parameters.
  ///
  /// - Parameter rank: The rank.
  /// - Returns: Floats of the flat buffer, padding included; perhaps none.
  package func range(of rank: Int) -> Range<Int> {
    slice(rank, of: rankCount, count: parameterCount, alignment: 16)
  }
}
