import ArgumentParser
import Foundation
import Testing

@testable import Model
@testable import TrainerCommand
@testable import Training

/// The table of options in README.md, and the parser's own description of `trainer train`.
@Suite("The README's table of options")
struct OptionTableTests {
  /// An option as a row of the table has it, or the help.
  struct Row: Equatable, CustomStringConvertible {
    var group: String
    var names: [String]
    var standard: String

    var description: String { "\(group): \(names.joined(separator: ", ")) (\(standard))" }
  }

  private struct Description: Decodable {
    struct Command: Decodable {
      let arguments: [Argument]
    }

    struct Argument: Decodable {
      let kind: String
      let names: [Name]?
      let abstract: String?
      let defaultValue: String?
      let sectionTitle: String?
    }

    struct Name: Decodable {
      let kind: String
      let name: String
    }

    let command: Command
  }

  /// The options that the parser has, without those of every command.
  static func helpRows() throws -> [Row] {
    let description = try JSONDecoder().decode(
      Description.self, from: Data(TrainCommand._dumpHelp().utf8))
    let arguments = description.command.arguments
    let flags = Set(
      arguments.filter { $0.kind == "flag" }.flatMap { $0.names ?? [] }.map(\.name))
    return arguments.compactMap { argument in
      var names = (argument.names ?? []).filter { $0.kind == "long" }.map { "--" + $0.name }
      if ["--version", "--help"].contains(names.first) { return nil }
      // A flag with an opposite is in a row with it.
      guard let name = names.first.map({ String($0.dropFirst(2)) }) else { return nil }
      if name.hasPrefix("no-"), flags.contains(String(name.dropFirst(3))) { return nil }
      if flags.contains("no-" + name) { names.append("--no-" + name) }
      let told = argument.abstract?.firstMatch(of: #/\(default: (?<value>.*?)\)/#)
      let standard =
        told.map { String($0.value) } ?? argument.defaultValue
        ?? (argument.kind == "flag" ? "off" : "none")
      return Row(group: argument.sectionTitle ?? "Other", names: names, standard: standard)
    }
  }

  private static func readme() throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
  }

  /// The rows of the table, in the order of the page.
  private static func tableRows() throws -> [Row] {
    let page = try readme()
    let section = try #require(page.firstRange(of: "\n## Options\n"))
    var rows: [Row] = []
    var group = ""
    for line in page[section.upperBound...].split(separator: "\n").prefix(while: {
      !$0.hasPrefix("## ")
    }) where line.hasPrefix("| ") {
      let cells = line.replacing("\\|", with: "/").split(
        separator: "|", omittingEmptySubsequences: false
      ).map { $0.trimmingCharacters(in: .whitespaces) }
      if let title = cells[1].wholeMatch(of: #/\*\*(.*)\*\*/#) { group = String(title.1) }
      let names = cells[1].matches(of: #/--[a-z0-9-]+/#).map { String($0.0) }
      if !names.isEmpty { rows.append(Row(group: group, names: names, standard: cells[2])) }
    }
    return rows
  }

  @Test("has the options, groups and defaults of the help, in its order")
  func table() throws {
    let (help, table) = (try Self.helpRows(), try Self.tableRows())
    #expect(help.count > 40)
    for row in help where !table.contains(row) { Issue.record("not in README.md: \(row)") }
    for row in table where !help.contains(row) { Issue.record("not in the help: \(row)") }
    #expect(table.map(\.names) == help.map(\.names))
  }

  /// Records the names that an option's row does not have.
  private static func expect(_ names: [String], inRowOf option: String) throws {
    let lines = try readme().split(separator: "\n")
    let row = try #require(lines.first { $0.hasPrefix("| `--\(option) ") })
    let words = row.split { !$0.isLetter && $0 != "-" }
    for name in names where !words.contains(name[...]) {
      Issue.record("not in README.md, in the row of --\(option): \(name)")
    }
  }

  @Test("has every optimizer and schedule, and says which of them have a setting")
  func owners() throws {
    let optimizers = OptimizerKind.allCases
    try Self.expect(optimizers.map(\.rawValue), inRowOf: "optimizer")
    for kind in optimizers {
      for setting in Optimizer(kind).settings {
        try Self.expect([kind.rawValue], inRowOf: setting.name)
      }
    }
    let schedules = LearningRateSchedule.Kind.allCases
    try Self.expect(schedules.map(\.rawValue), inRowOf: "lr-schedule")
    for kind in schedules {
      for setting in LearningRateSchedule(kind).settings {
        try Self.expect([kind.rawValue], inRowOf: setting.name)
      }
    }
  }

  @Test("The README's table of layers has every kind", arguments: LayerKinds.all.map { $0.syntax })
  func layers(syntax: String) throws {
    #expect(try Self.readme().contains("\n| `\(syntax)` |"))
  }
}
