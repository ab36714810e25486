import Foundation
import Parallel

/// What ranks do together outside of steps.
extension TrainingRun {
  /// Whether this process writes the run's files and says how it goes.
  package var isLeader: Bool { communicator.rank == 0 }

  /// How many ranks there are, for records; nil for one.
  package var severalRanks: Int? { communicator.size > 1 ? communicator.size : nil }

  /// Puts every rank where rank 0 is: position, parameters, running statistics and moving average; collective.
  ///
  /// The optimizer's state has its own way: see ``OptimizerStates``.
  ///
  /// - Throws: ``TrainerError`` where a position cannot be read, which is a fault of the program.
  package func followLeader() throws {
    if communicator.size == 1 { return }
    do {
      let message = try communicator.broadcast(Array(JSONEncoder().encode(position)))
      if !isLeader { try resume(at: JSONDecoder().decode(RunPosition.self, from: Data(message))) }
    } catch let error as EncodingError {
      throw TrainerError(.failed, "the position cannot be sent to the other ranks: \(error)")
    } catch let error as DecodingError {
      throw TrainerError(.failed, "the position that rank 0 has sent cannot be read: \(error)")
    }
    let average = state.average.map { [$0.parameters, $0.statistics] } ?? []
    for buffer in [state.parameters, state.statistics] + average {
      communicator.broadcast(buffer.pointer, count: buffer.byteCount, from: 0)
    }
  }
}
