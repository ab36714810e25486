import ArgumentParser
import Files
import Foundation
import ImageData
import Machine
import Model
import Pages
import Parallel
import Scaling
import Training

/// The command `trainer info`.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show the machine, OpenBLAS, and the data sets found.")

  @Option(help: BLASCoreChoice.help, completion: BLASCoreChoice.completion)
  var blasCore = BLASCoreChoice.standard

  @Option(help: InstructionSetChoice.help)
  var isa = InstructionSetChoice.auto

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Measure the latency and bandwidth between ranks; start it with mpirun.")
  var mpi = false

  private struct Info: Encodable {
    let version = TrainerVersion.current
    let machine: Machine
    let kernels: Kernels
    let topology: CPUTopology
    let datasets: [Found]
  }

  /// The trainer's own kernels, and rates of one thread.
  private struct Kernels: Encodable {
    let instructionSet = InstructionSet.inUse
    let supported = InstructionSet.supported
    let peakGigaflops = FMAPeak.measure().bestOfOneWorker
    /// The rate of OpenBLAS's product, to compare with; nil if OpenBLAS cannot be used.
    let openBLASGigaflops: Double?

    private enum CodingKeys: String, CodingKey {
      case supported
      case instructionSet = "instruction_set"
      case peakGigaflops = "peak_gigaflops"
      case openBLASGigaflops = "openblas_gigaflops"
    }
  }

  private struct Found: Encodable {
    let name: String
    let directory: String?
  }

  func run() throws {
    try isa.use()
    if mpi { return try showLink() }
    let openBLAS = try openBLAS()
    let environment = ProcessInfo.processInfo.environment
    let available = DatasetLocator.available(
      environment: environment, note: DataOptions.tellOfUnreadable)
    let datasets = KnownDataset.all.map { known in
      Found(
        name: known.name, directory: available.first { $0.name == known.name }?.directory)
    }
    let usable = UsableCPUs.current()
    let machine = Machine.current(usable: usable, openBLAS: openBLAS?.library)
    let topology = CPUTopology.current(usable: usable.cpus)
    let kernels = Kernels(openBLASGigaflops: openBLAS?.gigaflops)
    if json {
      try Console.result(
        try encoded(
          Info(machine: machine, kernels: kernels, topology: topology, datasets: datasets)))
      return
    }
    func memory(_ bytes: UInt64?) -> String {
      bytes.map { FigureText.bytes(Double($0)) } ?? "unknown"
    }
    let extensions = machine.extensions.joined(separator: " ")
    let supported = kernels.supported.map(\.rawValue).joined(separator: ", ")
    let choice = isa == .auto ? "the best of this CPU" : "chosen with --isa"
    let set = kernels.instructionSet.rawValue
    try Console.result([
      "trainer    \(TrainerVersion.current)",
      "host       \(machine.hostname), \(machine.system ?? "unknown system"), \(machine.kernel)",
      "CPU        \(machine.cpu ?? "unknown"), \(machine.architecture)",
      "ISA        \(machine.isa)\(extensions.isEmpty ? "" : ": ")\(extensions)",
      "cores      \(machine.cores) usable of \(machine.onlineCores): \(machine.coresReason)",
    ])
    for (index, line) in TopologyDrawing(topology).lines.enumerated() {
      try Console.result((index == 0 ? "topology   " : "           ") + line)
    }
    try Console.result([
      "memory     \(memory(machine.memoryTotal)), \(memory(machine.memoryAvailable)) available",
      "OpenBLAS   \(machine.openBLAS.map(words) ?? "cannot be used")",
      "kernels    \(set) of \(supported) (\(choice))",
      "FMA peak   \(fixed(kernels.peakGigaflops, 1)) GFLOP/s of a thread, from registers, with "
        + set,
    ])
    if let rate = kernels.openBLASGigaflops {
      let side = OpenBLASProduct.side
      try Console.result(
        "product    \(fixed(rate, 1)) GFLOP/s of a thread, \(side) x \(side) matrices by OpenBLAS")
    }
    // The others are many.
    let standard = KnownDataset.standard.map(\.name)
    for dataset in datasets where dataset.directory != nil || standard.contains(dataset.name) {
      let name = dataset.name.padding(toLength: 14, withPad: " ", startingAt: 0)
      let places = DatasetLocator.candidates(for: dataset.name, environment: environment)
      try Console.result(
        "data set   \(name) "
          + (dataset.directory ?? "not found in \(places.joined(separator: ", "))"))
    }
    let others = datasets.filter { $0.directory == nil && !standard.contains($0.name) }
    if !others.isEmpty {
      try Console.result("not found  \(others.map(\.name).joined(separator: ", "))")
    }
  }

  /// OpenBLAS, and the rate of its product; nil if it cannot be used, with a warning, unless one of
  /// its cores was asked for.
  private func openBLAS() throws -> (library: MachineBLAS, gigaflops: Double)? {
    let blas = BLASCoreChoice(blasCore)
    do {
      try blas.load(isQuiet: true)
      return (.current(option: blas.name), try OpenBLASProduct().gigaflops())
    } catch let error as OpenBLASError where blas.name == nil {
      Console.warning("\(error)")
      return nil
    }
  }

  private func words(_ library: MachineBLAS) -> String {
    let variant = library.variant.map { " (\($0))" } ?? ""
    return "\(library.version)\(variant), kernels for \(library.core) "
      + "(\(library.chosenBy.explanation.asTyped))"
  }

  /// Prints the output of `--mpi`: every rank measures, and rank 0 prints the result.
  private func showLink() throws {
    guard MPIProcess.isAvailable else {
      throw TrainerError(.usage, "--mpi needs a build with the trait MPI: docs/mpi.md")
    }
    let communicator = MPIProcess.join()
    guard communicator.size > 1 else {
      throw TrainerError(
        .usage, "--mpi needs at least two ranks; start it with mpirun -np 2")
    }
    let link = LinkProbe.measure(communicator)
    guard communicator.rank == 0 else { return }
    if json { return try Console.result(try encoded(link)) }
    let latency = fixed(link.latency * 1e6, 2)
    let bandwidth = fixed(link.bytesPerSecond * 8 / 1e9, 1)
    try Console.result([
      "ping-pong  rank 0 and rank \(link.ranks - 1): \(latency) us, \(bandwidth) Gbit/s",
      "alltoall   \(link.ranks) ranks, bytes to each other rank and microseconds:",
    ])
    try Console.result(
      link.allToAll.map { exchange in
        "           \(exchange.bytes)  \(fixed(exchange.seconds * 1e6, 1))"
      })
    try Console.result(
      "predict    trainer scale --simulate CORES --machines \(link.ranks) "
        + "--link-latency \(latency) --link-bandwidth \(bandwidth)")
  }
}
