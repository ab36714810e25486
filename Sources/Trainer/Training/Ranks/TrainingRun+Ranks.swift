import Files
import Foundation
import Parallel

/// Operations of ranks outside of steps.
extension TrainingRun {
  /// Whether this process writes the run's files and reports its progress: true on rank 0.
  package var isLeader: Bool { communicator.rank == 0 }

  /// The number of ranks for records; nil for one.
  package var severalRanks: Int? { communicator.size > 1 ? communicator.size : nil }

  /// Copies the position, parameters, running statistics and moving average of rank 0 to all ranks;
  /// collective.
  ///
  /// The optimizer's state is not copied; see ``OptimizerStates``.
  ///
  /// - Throws: ``TrainerError`` if the position cannot be encoded or decoded, which is a fault of
  ///   the program, or is not valid for the run.
  package func followLeader() throws {
    if communicator.size == 1 { return }
    do {
      let message = try communicator.broadcast(Array(JSONEncoder().encode(position)))
      if !isLeader { try resume(at: JSONDecoder().decode(RunPosition.self, from: Data(message))) }
    } catch let error as EncodingError {
      throw TrainerError(.failed, "the position cannot be sent to the other ranks: \(error)")
    } catch let error as DecodingError {
      throw TrainerError(.failed, "the position sent by rank 0 cannot be decoded: \(error)")
    }
    let average = state.average.map { [$0.parameters, $0.statistics] } ?? []
    for buffer in [state.parameters, state.statistics] + average {
      communicator.broadcast(buffer.pointer, count: buffer.byteCount, from: 0)
    }
  }
}
