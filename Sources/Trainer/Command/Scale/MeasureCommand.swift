import ArgumentParser
import Foundation
import ImageData
import Machine
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
    var configuration = TrainingConfiguration(
      threads: try threads.count(default: usable.count))
    if let engine = kernels.engine { configuration.engine = engine }
    batches.apply(to: &configuration)
    try samples.apply(to: &configuration)
    configuration.model = try model.modelDescription()
    try network.apply(to: &configuration)
    try optimizer.apply(to: &configuration)
    try configuration.validate(sampleCount: nil)
    _ = try length.plan(batchSize: configuration.batchSize)
    MPIProcess.announce()
    try kernels.select(configuration.engine, isQuiet: true)
    let communicator = MPIProcess.join()
    let dataset = try Dataset.load(from: try data.locate())
    if let note = configuration.fitBatch(sampleCount: dataset.training.count) {
      Console.note(note.asTyped)
    }
    let plan = try length.plan(batchSize: configuration.batchSize)
    try configuration.validate(sampleCount: dataset.training.count)
    let machine = kernels.machine(configuration.engine, usable: usable)
    let cpus = try MPIProcess.divide(
      usable, among: communicator, machine: machine, pin: pinning.pin)
    if communicator.size > 1 {
      configuration.threads = try threads.count(default: cpus.count)
    }
    try MemoryCheck(
      training: configuration, try configuration.architecture(for: dataset),
      rankCount: communicator.size
    ).require(of: machine)
    let measurement = try MeasurementRun.measure(
      configuration: configuration, dataset: dataset, usable: usable, machine: machine,
      pin: pinning.pin, plan: plan, communicator: communicator,
      coreCount: MPIProcess.ownCores(cpus, of: usable, among: communicator))
    if communicator.rank == 0 { try Console.result(try encoded(measurement)) }
  }
}
