import Parallel

/// The optimizer's states of all parameters, as a checkpoint has them, where each rank holds a share.
package enum OptimizerStates {
  /// Room for the states of all parameters: the model's own where it holds all.
  ///
  /// - Parameter state: The model.
  /// - Returns: For each state as many floats as there are parameters.
  package static func whole(of state: ModelState) -> [AlignedBuffer<Float>] {
    let count = state.parameters.count
    return state.ownedParameters.count == count
      ? state.optimizerStates : state.optimizerStates.map { _ in AlignedBuffer(count: count) }
  }

  /// Brings all ranks' shares to rank 0; collective.
  ///
  /// - Parameters:
  ///   - state: The model.
  ///   - communicator: The ranks.
  /// - Returns: The states of all parameters on rank 0, none on the others.
  package static func gather(
    _ state: ModelState, _ communicator: any Communicator
  ) -> [AlignedBuffer<Float>] {
    if communicator.size == 1 { return state.optimizerStates }
    let isLeader = communicator.rank == 0
    let wholes = isLeader ? whole(of: state) : []
    for (index, own) in state.optimizerStates.enumerated() {
      // Rank 0 alone receives.
      let send = parts(communicator) { $0 == 0 ? RankPart(0..<own.count, of: Float.self) : nil }
      let receive = parts(communicator) { isLeader ? part(of: $0, state, communicator) : nil }
      communicator.allToAll(
        own.pointer, sendParts: send, into: isLeader ? wholes[index].pointer : own.pointer,
        receiveParts: receive)
    }
    return wholes
  }

  /// Gives each rank its share of what rank 0 has; collective.
  ///
  /// - Parameters:
  ///   - wholes: The states of all parameters on rank 0; ignored on the others.
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
