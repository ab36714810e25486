import Parallel
import Training

/// Keeps the address space for the model's digest and file while a run trains.
///
/// It is notified before the observers that need the space. A run with a directory keeps the space
/// for a checkpoint instead.
struct FinalModelMemory: TrainingObserver {
  private let reserve: AddressSpaceReserve

  /// Reserves the address space.
  ///
  /// - Parameter run: The run, on rank 0.
  /// - Throws: `SystemRefusal` if it is refused.
  init(of run: TrainingRun) throws(SystemRefusal) {
    reserve = try run.state.tensors.reserveMemoryToCopy(for: "the model's digest and file")
  }

  /// Releases the address space.
  func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) {
    reserve.release()
  }
}
