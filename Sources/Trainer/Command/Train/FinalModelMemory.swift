import ImageData
import Parallel
import Training

/// Keeps the address space for the model's digest and file while a run trains.
///
/// It is notified before the observers that need the space. A run with a directory keeps the space
/// for a checkpoint instead.
struct FinalModelMemory: TrainingObserver {
  private let reserve: AddressSpaceReserve
  private let writesModel: Bool

  /// Reserves the address space.
  ///
  /// - Parameters:
  ///   - run: The run, on rank 0.
  ///   - writesModel: Whether the model is saved at the end.
  /// - Throws: `SystemRefusal` if the address space is refused.
  init(of run: TrainingRun, writesModel: Bool) throws(SystemRefusal) {
    reserve = try run.state.tensors.reserveMemoryToCopy(for: "the model's digest and file")
    self.writesModel = writesModel
  }

  /// Releases the address space.
  func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) {
    // The file names the data by its digests. The stacks of threads that compute them would take
    // the space.
    if writesModel { _ = run.dataset.fileDigests() }
    reserve.release()
  }
}
