import ArgumentParser
import Machine
import Model
import Parallel
import Training

/// What computes matrix products.
struct EngineOptions: ParsableArguments {
  @Option(
    \.engine,
    "What computes matrix products: the trainer's own kernels, with the same bits on every "
      + "CPU, or OpenBLAS",
    value: "name")
  var engine: Engine?

  @OptionGroup var blas: BLASCoreOption

  /// Loads OpenBLAS if it computes, and prints warnings and notes about it.
  ///
  /// - Parameters:
  ///   - engine: The engine in use.
  ///   - isQuiet: Whether only warnings are printed.
  /// - Throws: `TrainerError`, `BLASCoreError`, `OpenBLASError` or `SystemRefusal`.
  func select(_ engine: Engine, isQuiet: Bool) throws {
    switch engine {
    case .openblas: try blas.select(isQuiet: isQuiet)
    case .native:
      if let core = blas.name {
        throw TrainerError(
          .usage,
          "--blas-core \(core) has no meaning for --engine native; it chooses kernels of "
            + "--engine openblas")
      }
    }
  }

  /// Describes this machine for records of a run, after ``select(_:isQuiet:)``.
  ///
  /// - Parameters:
  ///   - engine: The engine in use; OpenBLAS is described only if it computes.
  ///   - usable: The CPUs that the process may use.
  /// - Returns: The description.
  func machine(_ engine: Engine, usable: UsableCPUs) -> Machine {
    .current(usable: usable, openBLAS: engine == .openblas ? .current(option: blas.name) : nil)
  }
}

extension Engine: ExpressibleByArgument {
  /// Upper and lower case are the same.
  public init?(argument: String) {
    self.init(rawValue: argument.lowercased())
  }
}

/// Which of OpenBLAS's sets of kernels, which it calls cores, computes.
struct BLASCoreOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "OpenBLAS's kernels: auto, or those of a CPU architecture, for example Haswell. Other kernels "
        + "give results that differ in the last bits.",
      valueName: "name"),
    completion: .list(["auto"] + BLASCore.all.map(\.name)))
  var blasCore = "auto"

  /// The core's name, nil for `auto`.
  var name: String? { blasCore.lowercased() == "auto" ? nil : blasCore }

  /// Loads OpenBLAS with the requested core, and prints warnings and notes about it.
  ///
  /// - Parameter isQuiet: Whether only warnings are printed.
  /// - Throws: `BLASCoreError`, `OpenBLASError` or `SystemRefusal`.
  func select(isQuiet: Bool) throws {
    let selection = try BLASCoreSelection.load(option: name)
    if let warning = selection.warning(option: name) { Console.warning(warning.asTyped) }
    if !isQuiet && selection.origin(option: name) == .corrected {
      Console.note(
        "OpenBLAS \(OpenBLAS.version) does not know this CPU; using its kernels for "
          + OpenBLAS.coreName)
    }
  }
}

/// Which instruction set the trainer's own kernels use.
struct InstructionSetOption: ParsableArguments {
  /// A value of the option.
  enum Choice: String, CaseIterable, ExpressibleByArgument {
    case auto, v4, v3, baseline

    /// Upper and lower case are the same.
    init?(argument: String) {
      self.init(rawValue: argument.lowercased())
    }

    /// The instruction set; nil for `auto`.
    var set: InstructionSet? { InstructionSet(rawValue: rawValue) }
  }

  @Option(
    help: ArgumentHelp(
      "The instruction set of the trainer's own kernels: auto is the best that the CPU has, v4 AVX-512, "
        + "v3 AVX2. Never changes a result.",
      valueName: "set"))
  var isa = Choice.auto

  /// Makes the kernels use the requested set.
  ///
  /// - Throws: `InstructionSetError` if the CPU does not have it.
  func select() throws {
    try isa.set?.use()
  }
}

/// Which CPUs workers are bound to.
struct PinOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Bind each thread to a CPU: compact fills core after core, spread uses all NUMA nodes and "
        + "caches, none leaves them to the system. Never changes a result.",
      valueName: "placement"))
  var pin = WorkerPlacement.none

  /// Warns if several threads are bound to one CPU.
  ///
  /// - Parameters:
  ///   - threads: The threads.
  ///   - usable: The CPUs that the process may use.
  func warnOfSharedCPUs(threads: Int, usable: UsableCPUs) {
    let count = usable.affinityCount
    guard pin != .none, threads > count else { return }
    Console.warning(
      "--pin \(pin.rawValue) binds \(threads) threads to \(counted(count, "CPU")), so that they "
        + "wait for each other; --threads \(count) gives each a CPU of its own")
  }
}

extension WorkerPlacement: ExpressibleByArgument {
  /// Upper and lower case are the same.
  package init?(argument: String) {
    self.init(rawValue: argument.lowercased())
  }
}

/// What computes: threads, OpenBLAS's kernels and the trainer's own.
struct ExecutionOptions: ParsableArguments {
  @Option(
    \.threads, "Worker threads", value: "n", default: "the CPUs that this process may use",
    note: (MPIProcess.isAvailable ? "Ranks divide the CPUs that they share. " : "")
      + "Never changes a result.")
  var threads: Int?

  @OptionGroup var engine: EngineOptions
  @OptionGroup var instructionSet: InstructionSetOption

  /// Selects the kernels that compute, and prints warnings and notes about them.
  ///
  /// - Parameters:
  ///   - engine: The engine in use.
  ///   - isQuiet: Whether only warnings are printed.
  /// - Throws: `TrainerError`, `InstructionSetError`, `BLASCoreError`, `OpenBLASError` or
  ///   `SystemRefusal`.
  func selectKernels(of engine: Engine, isQuiet: Bool) throws {
    try instructionSet.select()
    try self.engine.select(engine, isQuiet: isQuiet)
  }

  /// The number of threads, checked.
  ///
  /// - Parameter cores: The number if none was given.
  /// - Returns: A number that a worker team can have.
  /// - Throws: `TrainerError` for any other.
  func threadCount(default cores: Int) throws -> Int {
    let count = threads ?? TrainingConfiguration.defaultThreads(cores: cores)
    try TrainingConfiguration(threads: count).validate(sampleCount: nil)
    return count
  }
}
