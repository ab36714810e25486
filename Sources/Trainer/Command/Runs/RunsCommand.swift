import ArgumentParser
import Files
import Pages
import Parallel
import Runs
import Training

/// The command `trainer runs`.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "Compare runs: the settings that differ, and the results.",
    discussion: """
      --where takes a setting, or one of accuracy, loss, epochs, time and state; then =, !=, <, \
      <=, > or >=; then a value. A run must meet every condition.

      With --group-by, runs that agree in the named settings are a group, such as the seeds of an \
      experiment; the mean, standard deviation and range of their results are shown.

        trainer runs runs
        trainer runs runs --where "accuracy>=0.98" --csv > runs.csv
        trainer runs runs --html runs/index.html
        trainer runs runs --group-by optimizer,learning-rate

      With --follow, the table is kept up to date until every run is complete or cannot be read. \
      If the output is not a terminal, each new epoch is a line, in the order in which epochs end, \
      whatever --sort says.

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

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Show only runs that meet a condition, such as optimizer=adam or \"accuracy>=0.98\"; may be "
        + "repeated.",
      valueName: "condition"))
  var conditions: [String] = []

  @OptionGroup var grouping: GroupingOption

  @Option(
    help: ArgumentHelp(
      "Write a page with the curves, settings and results of all runs.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var html: String?

  @Flag(help: "Print comma-separated values: a line for each run, with all settings and results.")
  var csv = false

  @Flag(help: "Show runs while they train, until every run is complete or cannot be read.")
  var follow = false

  @Flag(
    help: "Print JSON: an array of all runs, with complete digests, or of the groups of --group-by."
  )
  var json = false

  func run() throws {
    let names = try grouping.names(sort: sort)
    try requireOneForm(isGrouped: names != nil)
    let filters = try conditions.map { condition in
      try RunFilter(condition) { Spelling.settingQuestion(for: $0, among: $1) }
    }
    let (found, missing, warnings) =
      try follow ? (followed(), [], []) : RecordedRun.find(in: directories)
    let runs = found.filter { run in filters.allSatisfy { $0.matches(run) } }
    if !follow { try show(runs, by: names) }
    if runs.isEmpty, !found.isEmpty, !follow {
      Console.note("none of \(counted(found.count, "run")) meets every condition")
    }
    for warning in warnings { Console.warning(warning) }
    let problems = runs.flatMap(\.problems)
    for problem in problems + missing { Console.error("\(problem)") }
    if let first = problems.first {
      let broken = runs.count { !$0.problems.isEmpty }
      throw TrainerError(
        first.code,
        "\(broken) of \(counted(runs.count, "run")) cannot be read or "
          + "\(broken == 1 ? "has" : "have") damaged files")
    }
    if let first = missing.first {
      throw TrainerError(
        first.code,
        "\(missing.count) of \(counted(directories.count, "directory", plural: "directories")) "
          + "cannot be searched or \(missing.count == 1 ? "has" : "have") no run")
    }
  }
}

extension RunsCommand {
  /// Shows the runs until they have ended.
  private func followed() throws -> [RecordedRun] {
    for (isGiven, option) in [
      (json, "--json"), (csv, "--csv"), (html != nil, "--html"), (!conditions.isEmpty, "--where"),
      (grouping.groupBy != nil, "--group-by"),
    ] where isGiven {
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
        try Console.result(table.lines)
      }
      for note in table.notes { Console.note(note) }
    } else {
      let table = RunTable(runs, order: sort)
      if let html { return try writePage(table, path: html) }
      if json { return try Console.result(try encoded(table.runs)) }
      if csv {
        try Console.result(RunsCSV.lines(table.runs))
      } else if !runs.isEmpty {
        try Console.result(table.lines)
      }
    }
  }
}

extension RunsCommand {
  /// Refuses options that ask for two forms of the result.
  private func requireOneForm(isGrouped: Bool) throws {
    let forms = [(json, "--json"), (csv, "--csv"), (html != nil, "--html")].filter(\.0).map(\.1)
    if forms.count > 1 {
      throw TrainerError(.usage, "give only one of \(forms.joined(separator: " and "))")
    }
    if isGrouped, let form = forms.first, form != "--json" {
      throw TrainerError(.usage, "\(form) has no meaning with --group-by; use --json")
    }
    if let html {
      try OutputPath(option: "--html", path: html).check()
      try AtomicFile.checkReplaceable(path: html)
    }
  }

  private func writePage(_ table: RunTable, path: String) throws {
    // A misspelled folder leaves an earlier page as it is.
    guard !table.runs.isEmpty else { return }
    let title = directories.count == 1 ? "Runs in \(PathNames.name(of: directories[0]))" : "Runs"
    try RunsPage.make(table, title: title, folder: PathText.folder(of: path)).write(path: path)
    Console.note("Page: \(path)")
  }
}

extension RunOrder: NamedChoice {}
