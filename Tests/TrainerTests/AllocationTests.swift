import CAllocationCounter
import MNISTData
import Model
import Synchronization
import Testing

@testable import Trainer

/// Counts worker 0's heap allocations from one step to another; the other workers run the same code.
private final class CountingObserver: TrainingObserver {
  let first: Int
  let last: Int
  let allocations = Mutex<Int64?>(nil)

  init(first: Int, last: Int) {
    self.first = first
    self.last = last
  }

  func progressed(_ progress: EpochProgress) -> Bool {
    if progress.step == first { allocation_counter_start() }
    if progress.step == last {
      let count = allocation_counter_stop()
      allocations.withLock { $0 = count }
    }
    return false
  }
}

@Suite(.serialized, .enabled(if: allocation_counter_works()))
struct AllocationTests {
  @Test("the counter sees an allocation")
  func counterCounts() {
    allocation_counter_start()
    let array = [Int](repeating: 1, count: Int.random(in: 100...200))
    let count = allocation_counter_stop()
    #expect(array.count >= 100)
    #expect(count >= 1)
  }

  @Test(
    "steps 10 to 60 allocate nothing on the heap",
    arguments: [true, false], OptimizerKind.allCases)
  func steadyStateAllocatesNothing(batchNorm: Bool, optimizer: OptimizerKind) throws {
    var configuration = TrainingConfiguration(threads: 2)
    configuration.epochs = 1
    configuration.batchSize = 128
    // The default network's widths: for some others OpenBLAS's small kernels allocate by themselves.
    configuration.batchNorm = batchNorm
    configuration.optimizer = Optimizer(optimizer)
    let run = try TrainingRun(
      configuration: configuration, dataset: try syntheticDataset(count: 128 * 61), coreCount: 2)
    let observer = CountingObserver(first: 10, last: 60)
    try run.train(observers: [observer])
    #expect(observer.allocations.withLock { $0 } == 0)
  }

  /// Images of 28 x 28 whose bytes depend on their label.
  private func syntheticDataset(count: Int) throws -> Dataset {
    func images(_ count: Int) throws -> ImageSet {
      let labels = (0..<count).map { UInt8($0 % 10) }
      let pixels = (0..<count * 784).map { UInt8(truncatingIfNeeded: ($0 / 784 % 10) * $0 % 251) }
      return ImageSet(
        rows: 28, columns: 28, pixels: try ByteStorage(pixels), labels: try ByteStorage(labels))
    }
    return Dataset(
      name: "synthetic", directory: "/", training: try images(count), test: try images(100),
      classCount: 10)
  }
}
