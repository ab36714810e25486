import ArgumentParser
import Model
import Parallel
import Trainer

/// Who computes: threads and OpenBLAS's core.
struct ExecutionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Worker threads (default: the CPUs that this process may use). Never changes a result.",
      valueName: "n"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "OpenBLAS's core: auto or a name such as Haswell. Another core gives other bits.",
      valueName: "name"))
  var blasCore = "auto"

  /// The core's name, nil for `auto`.
  var blasCoreName: String? { blasCore.lowercased() == "auto" ? nil : blasCore }

  /// Starts the process again where another core has to be used; says what the user should know.
  func selectBLASCore() throws {
    let selection = BLASCoreSelection.current()
    try selection.apply(option: blasCoreName)
    if let warning = selection.warning(option: blasCoreName) { Console.warning(warning) }
    if selection.origin(option: blasCoreName) == .corrected {
      Console.note(
        "OpenBLAS \(OpenBLAS.version) does not know this CPU; using its core \(OpenBLAS.coreName)")
    }
  }

  /// The number of threads, checked.
  func threadCount(default cores: Int) throws -> Int {
    let count = threads ?? min(cores, WorkerTeam.maximumCount)
    guard (1...WorkerTeam.maximumCount).contains(count) else {
      throw TrainerError(
        .usage, "--threads is \(count); it has to be from 1 to \(WorkerTeam.maximumCount)")
    }
    return count
  }
}
