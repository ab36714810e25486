import ArgumentParser
import Parallel
import Runs
import Training

/// The command `trainer runs`.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "Compare runs: the settings that differ, and the results.")

  @Argument(
    help: ArgumentHelp(
      "Run directories, or folders of run directories, searched one level deep.",
      valueName: "dir"),
    completion: .directory)
  var directories: [String]

  @Option(
    help: ArgumentHelp(
      "Sort by name, accuracy (highest first) or time (shortest first).",
      valueName: "order"))
  var sort = RunOrder.name

  @Flag(help: "Print JSON: an array of all runs, with complete digests.")
  var json = false

  func run() throws {
    let (runs, missing) = RecordedRun.find(in: directories)
    let table = RunTable(runs, order: sort)
    if json {
      try Console.result(try encoded(table.runs))
    } else if !runs.isEmpty {
      for line in table.lines { try Console.result(line) }
    }
    for problem in runs.flatMap(\.problems) + missing { Console.error("\(problem)") }
    let broken = runs.count { !$0.problems.isEmpty }
    if broken > 0 {
      throw TrainerError(
        .badData,
        "\(broken) of \(counted(runs.count, "run")) \(broken == 1 ? "has" : "have") damaged files")
    }
    if !missing.isEmpty {
      throw TrainerError(
        .dataNotFound,
        "\(missing.count) of \(counted(directories.count, "directory", plural: "directories")) "
          + "cannot be searched or \(missing.count == 1 ? "has" : "have") no run")
    }
  }
}

extension RunOrder: ExpressibleByArgument {
  /// Accepts upper and lower case.
  package init?(argument: String) {
    self.init(rawValue: argument.lowercased())
  }
}
