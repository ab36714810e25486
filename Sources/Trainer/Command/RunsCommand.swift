import ArgumentParser
import Parallel
import Runs
import Training

/// The command `trainer runs`.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "Compare runs: the settings that differ, and the results.",
    discussion: """
      With --group-by, runs that agree in the named settings are a group, such as the seeds of an \
      experiment; the mean, standard deviation and range of their results are shown.

        trainer runs runs
        trainer runs runs --group-by optimizer,learning-rate

      With --follow, the table is kept up to date until every run is complete. If the output is not a \
      terminal, each new epoch is a line.

        trainer runs --follow runs
      """)

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

  @OptionGroup var grouping: GroupingOption

  @Flag(help: "Show runs while they go on, until every run is complete.")
  var follow = false

  @Flag(
    help: "Print JSON: an array of all runs, with complete digests, or of the groups of --group-by."
  )
  var json = false

  func run() throws {
    let names = try grouping.names(sort: sort)
    let (runs, missing) = try follow ? (followed(), []) : RecordedRun.find(in: directories)
    if !follow { try show(runs, by: names) }
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

extension RunsCommand {
  /// Shows the runs until they have ended.
  private func followed() throws -> [RecordedRun] {
    for (isGiven, option) in [(json, "--json"), (grouping.groupBy != nil, "--group-by")]
    where isGiven {
      throw TrainerError(.usage, "\(option) has no meaning with --follow")
    }
    return try RunFollower(directories: directories, sort: sort).run()
  }

  /// Prints all runs, or their groups.
  private func show(_ runs: [RecordedRun], by names: [String]?) throws {
    if let names {
      let table = RunGroups(runs, by: names, order: sort)
      if json { return try Console.result(try encoded(table.groups)) }
      if !table.groups.isEmpty {
        for line in table.lines { try Console.result(line) }
      }
      for note in table.notes { Console.note(note) }
    } else {
      let table = RunTable(runs, order: sort)
      if json { return try Console.result(try encoded(table.runs)) }
      if !runs.isEmpty {
        for line in table.lines { try Console.result(line) }
      }
    }
  }
}

extension RunOrder: ExpressibleByArgument {
  /// Accepts upper and lower case.
  package init?(argument: String) {
    self.init(rawValue: argument.lowercased())
  }
}
