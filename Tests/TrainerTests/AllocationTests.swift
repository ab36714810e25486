import CAllocationCounter
import Synchronization
import TestSupport
import Testing

@testable import ImageData
@testable import Model
@testable import Parallel
@testable import Training

/// Counts worker 0's heap allocations from one step to another; the other workers run the same
/// code.
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
    // The default network's widths.
    configuration.model = Perceptron(batchNorm: batchNorm).model
    configuration.optimizer = Optimizer(optimizer)
    let run = try TrainingRun(
      configuration: configuration, dataset: try syntheticDataset(count: 128 * 61), coreCount: 2)
    let observer = CountingObserver(first: 10, last: 60)
    try run.train(observers: [observer])
    #expect(observer.allocations.withLock { $0 } == 0)
  }

  @Test(
    "steps of convolutions, pools, activations, noise and channel dropout allocate nothing on the heap"
  )
  func imagesAllocateNothing() throws {
    var configuration = TrainingConfiguration(threads: 2)
    configuration.epochs = 1
    configuration.batchSize = 32
    configuration.model = try ModelDescription(
      "conv 16x3 relu, conv 16x3, conv 4x3 stride 2 bn relu, residual(conv 8x3 groups 2, conv 8x2 stride 2) relu, pool 2 gelu, avgpool 2 stride 1 silu dropout2d 0.1 leaky noise 0.1, globalpool, flatten, dense 16"
    )
    let run = try TrainingRun(
      configuration: configuration, dataset: try syntheticDataset(count: 32 * 31), coreCount: 2)
    let observer = CountingObserver(first: 10, last: 30)
    try run.train(observers: [observer])
    #expect(observer.allocations.withLock { $0 } == 0)
  }

  @Test(
    "steps on distorted and mixed images allocate nothing on the heap", arguments: [false, true])
  func distortionsAllocateNothing(areMixed: Bool) throws {
    var configuration = TrainingConfiguration(threads: 2)
    configuration.epochs = 1
    configuration.batchSize = 128
    configuration.augmentation = augmentationOfEverything
    if areMixed { (configuration.mixup, configuration.cutmix) = (0.2, 1) }
    let run = try TrainingRun(
      configuration: configuration, dataset: try syntheticDataset(count: 128 * 31), coreCount: 2)
    let observer = CountingObserver(first: 10, last: 30)
    try run.train(observers: [observer])
    #expect(observer.allocations.withLock { $0 } == 0)
  }

  @Test(
    "steps with everything on allocate nothing on the heap",
    arguments: zip([true, false], [OptimizerKind.adam, .momentum]))
  func everythingAllocatesNothing(batchNorm: Bool, kind: OptimizerKind) throws {
    var options = UpdateOptions()
    options.accumulate = 5
    options.clipNorm = 0.1
    options.maxNorm = 1
    options.emaDecay = 0.99
    let dataset = try syntheticDataset(count: 5 * 128)
    let optimizer = Optimizer(kind)
    let state = ModelState(
      network: Network(
        Architecture(
          input: Shape(28, 28, 1), Perceptron(batchNorm: batchNorm), classCount: 10), seed: 1),
      seed: 1, optimizerStateCount: kind.stateCount, keepsAverage: true)
    let training = TrainingStep(
      computation: BatchComputation(
        state: state, team: .started(2), batchCapacity: 128, shardSize: .rows(64),
        labelSmoothing: 0.1),
      optimizer: optimizer, options: options)
    let order = AlignedBuffer<UInt32>(count: 5 * 128)
    EpochOrder.fillSequential(order.elements)
    let source = SampleSource(dataset.training)
    let batches = (0..<5).map { index in
      Batch(source: source, samples: order.pointer + 128 * index, rowCount: 128, epoch: 1)
    }
    let schedules = LearningRateSchedule.Kind.allCases.map { LearningRateSchedule($0) }
    training.computation.parametersChanged()
    let allocations = Mutex<Int64?>(nil)
    training.computation.team.run { worker in
      for number in 1...8 {
        // The first step is not counted: code that runs for the first time may allocate.
        if worker == 0 && number == 2 { allocation_counter_start() }
        let point = CurvePoint(step: number, totalSteps: 8, stepsPerEpoch: 4, warmupSteps: 2)
        var factor = 1.0
        for schedule in schedules { factor *= schedule.factor(at: point) }
        _ = training.run(
          worker: worker, batchCount: number.isMultiple(of: 3) ? 1 : 5, batch: { batches[$0] },
          number: number, learningRate: optimizer.learningRate * factor,
          keepsGradients: number == 4)
        training.computation.end(worker: worker)
      }
      if worker == 0 {
        let count = allocation_counter_stop()
        allocations.withLock { $0 = count }
      }
    }
    withExtendedLifetime((dataset, order)) {
      #expect(allocations.withLock { $0 } == 0)
    }
  }

  @Test("steps of several ranks allocate nothing on the heap", arguments: [2, 3])
  func ranksAllocateNothing(ranks: Int) throws {
    let counts = ThreadCommunicator.onRanks(ranks) { communicator in
      var configuration = TrainingConfiguration(threads: 1)
      configuration.epochs = 1
      configuration.batchSize = 128
      let run = try TrainingRun(
        configuration: configuration, dataset: try syntheticDataset(count: 128 * 13),
        coreCount: 0, communicator: communicator)
      let observer = CountingObserver(first: 4, last: 12)
      try run.train(observers: [observer])
      return observer.allocations.withLock { $0 }
    }
    #expect(counts == [Int64?](repeating: 0, count: ranks))
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
