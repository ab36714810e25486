import Model
import Parallel

/// The division of the parameters among ranks: ranges of the flat buffer of nearly equal length,
/// each consisting of whole cache lines.
///
/// A rank updates only its own range, and holds only the optimizer's state of that range.
package struct ParameterShares: Sendable, Equatable {
  /// The number of floats in the flat buffer, padding included.
  package let parameterCount: Int
  /// The number of ranks.
  package let rankCount: Int

  /// Divides the parameters.
  ///
  /// - Parameters:
  ///   - network: The network with the parameters.
  ///   - rankCount: The number of ranks, at least 1.
  package init(_ network: Network, rankCount: Int) {
    parameterCount = network.parameters.count
    self.rankCount = rankCount
  }

  /// The parameters that a rank owns.
  ///
  /// - Parameter rank: The rank.
  /// - Returns: A range of the flat buffer in floats, padding included; may be empty.
  package func range(of rank: Int) -> Range<Int> {
    slice(rank, of: rankCount, count: parameterCount, alignment: 16)
  }
}
