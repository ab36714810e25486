import Parallel

/// Gathers and scatters the optimizer's state buffers, of which each rank holds a share.
///
/// A checkpoint contains the states of all parameters.
package enum OptimizerStates {
  /// Buffers for the states of all parameters: the model's own if it owns all parameters, otherwise
  /// new ones.
  ///
  /// - Parameter state: The model.
  /// - Returns: One buffer per state, with one float per parameter.
  package static func whole(of state: ModelState) -> [AlignedBuffer<Float>] {
    let count = state.parameters.count
    return state.ownedParameters.count == count
      ? state.optimizerStates : state.optimizerStates.map { _ in AlignedBuffer(count: count) }
  }

  /// Gathers the shares of all ranks on rank 0; collective.
  ///
  /// - Parameters:
  ///   - state: The model.
  ///   - communicator: The ranks.
  /// - Returns: The states of all parameters on rank 0; an empty array on the other ranks.
  package static func gather(
    _ state: ModelState, _ communicator: any Communicator
  ) -> [AlignedBuffer<Float>] {
    if communicator.size == 1 { return state.optimizerStates }
    let isLeader = communicator.rank == 0
    let wholes = isLeader ? whole(of: state) : []
    for (index, own) in state.optimizerStates.enumerated() {
      // Only rank 0 receives.
      let send = parts(communicator) { $0 == 0 ? RankPart(0..<own.count, of: Float.self) : nil }
      let receive = parts(communicator) { isLeader ? part(of: $0, state, communicator) : nil }
      communicator.allToAll(
        own.pointer, sendParts: send, into: isLeader ? wholes[index].pointer : own.pointer,
        receiveParts: receive)
    }
    return wholes
  }

  /// Sends each rank its share of the states on rank 0; collective.
  ///
  /// - Parameters:
  ///   - wholes: The states of all parameters on rank 0; ignored on the other ranks.
  ///   - state: The model.
  ///   - communicator: The ranks.
  package static func scatter(
    _ wholes: [AlignedBuffer<Float>], to state: ModelState, _ communicator: any Communicator
  ) {
    if communicator.size == 1 { return }
    let isLeader = communicator.rank == 0
    for (index, own) in state.optimizerStates.enumerated() {
      let send = parts(communicator) { isLeader ? part(of: $0, state, communicator) : nil }
      let receive = parts(communicator) {
        $0 == 0 ? RankPart(0..<own.count, of: Float.self) : nil
      }
      communicator.allToAll(
        isLeader ? wholes[index].pointer : own.pointer, sendParts: send, into: own.pointer,
        receiveParts: receive)
    }
  }

  private static func parts(
    _ communicator: any Communicator, _ part: (_ rank: Int) -> RankPart?
  ) -> [RankPart] {
    (0..<communicator.size).map { part($0) ?? RankPart(offset: 0, count: 0) }
  }

  private static func part(
    of rank: Int, _ state: ModelState, _ communicator: any Communicator
  ) -> RankPart {
    RankPart(
      ParameterShares(state.network, rankCount: communicator.size).range(of: rank), of: Float.self)
  }
}
