import ArgumentParser
import Model
import Pages

/// The command `trainer models`.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the presets of --model: names for descriptions of a network.",
    discussion: """
      A description lists layers, separated by commas, each with its modifiers in order:

      \(layers)

      The classifier is added. Parameters are those for images of 28x28 and 10 classes.
      """)

  /// The syntax of all kinds of layers, one per line.
  private static var layers: String {
    LayerKinds.all.map { "  \($0.syntax)" + ($0.isModifier ? "  (modifier)" : "") }
      .joined(separator: "\n")
  }

  func run() throws {
    let rows = try ModelPreset.all.map { preset in
      let summary = NetworkSummary(
        try Architecture(input: Shape(28, 28, 1), model: preset.model, classCount: 10))
      return [preset.name, "\(summary.parameters)", "\(preset.model)"]
    }
    let table = TextTable(
      columns: [.init("name", .left), .init("parameters"), .init("model", .left)], rows: rows)
    try Console.result(table.lines())
  }
}
