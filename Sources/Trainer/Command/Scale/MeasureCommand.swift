import ArgumentParser
import ImageData
import Model
import Parallel
import Scaling
import Training

/// The command `trainer measure`.
struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measure the speed of one configuration, and print the results as JSON.",
    discussion: "`trainer scale` runs this command in a new process for each measurement.")

  @OptionGroup(title: GroupTitle.execution) var threads: ThreadsOption
  @OptionGroup(title: GroupTitle.execution) var kernels: KernelOptions
  @OptionGroup(title: GroupTitle.execution) var pinning: PinOption
  @OptionGroup(title: "Length") var length: LengthOptions
  @OptionGroup(title: GroupTitle.data) var data: DataOptions
  @OptionGroup(title: GroupTitle.batches) var batches: BatchOptions
  @OptionGroup(title: GroupTitle.batches) var samples: SampleOptions
  @OptionGroup(title: GroupTitle.network) var model: ModelOptions
  @OptionGroup(title: GroupTitle.network) var network: NetworkOptions
  @OptionGroup(title: GroupTitle.optimizer) var optimizer: OptimizerOptions

  func run() throws {
    try MPIProcess.requireMPI()
    let usable = UsableCPUs.current()
    let configuration = try stepConfiguration(cores: usable.count)
    try configuration.validate(sampleCount: nil)
    _ = try length.plan(batchSize: configuration.batchSize)
    MPIProcess.announce()
    try kernels.select(configuration.engine, isQuiet: true)
    let communicator = MPIProcess.join()
    let dataset = try Dataset.load(from: try data.locate())
    let fitted = try FittedConfiguration(
      configuration, self, dataset, usable: usable, communicator: communicator)
    let plan = try length.plan(batchSize: fitted.configuration.batchSize)
    try fitted.requireMemory(evaluates: false, writesCheckpoints: false)
    let measurement = try MeasurementRun.measure(
      configuration: fitted.configuration, dataset: dataset, usable: usable,
      machine: fitted.machine, pin: pinning.pin, plan: plan, communicator: communicator,
      coreCount: fitted.coreCount)
    if communicator.rank == 0 { try Console.result(try encoded(measurement)) }
  }
}

extension MeasureCommand: StepOptions {
  var isQuiet: Bool { false }
}
