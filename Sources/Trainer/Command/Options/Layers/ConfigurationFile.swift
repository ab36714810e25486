import Configuration
import Files
import Runs
import Training

/// A YAML file with options of training: a key for each, named as on the command line.
struct ConfigurationFile {
  /// The options in the file, in its order.
  let options: GivenOptions

  /// Reads a file.
  ///
  /// - Parameter path: The file.
  /// - Throws: `TrainerError` that names the line.
  init(path: String) throws {
    let mapping = try ConfigurationText.mapping(path: path)
    guard !mapping.contains(where: { $0.text == "format" && $1.text == RunRecord.format }) else {
      throw TrainerError(
        .usage,
        "\(path): found a run's record, expected options of training; `trainer config --output DIR "
          + "--resume` prints those of a run")
    }
    let entries = try mapping.map { try Self.entry($0, $1, path: path) }
    var names: [String: String] = [:]
    for entry in entries {
      let name = GivenOptions.canonical(entry.name)
      if let other = names.updateValue(entry.name, forKey: name) {
        throw TrainerError(
          .usage,
          "\(entry.place): found `\(entry.name)` beside `\(other)`, which is the same option; "
            + "expected each once")
      }
    }
    options = GivenOptions(entries: entries)
  }

  private static func entry(
    _ key: YAMLNode, _ value: YAMLNode, path: String
  ) throws -> GivenOption {
    let place = "\(path): line \(key.line)"
    guard let name = key.text else {
      throw TrainerError(.usage, "\(place): found \(text(of: key)), expected an option's name")
    }
    guard !OptionNames.excluded.contains(name) else {
      throw TrainerError(
        .usage, "\(place): found `\(name)`; --\(name) must be given on the command line")
    }
    guard OptionNames.all.contains(name) else {
      throw TrainerError(.usage, "\(place): unknown key `\(name)`\(suggestion(for: name))")
    }
    func entry(_ argument: String?, elements: [GivenOption.Element] = []) -> GivenOption {
      let list = elements.map(\.value).joined(separator: ", ")
      return GivenOption(
        name: name, place: place, subject: "\(place): \(name)",
        value: elements.isEmpty ? text(of: value) : "[\(list)]", elements: elements,
        argument: argument)
    }
    if OptionNames.switches.contains(name) {
      guard let isOn = value.bool else {
        throw TrainerError(
          .usage, "\(place): \(name) is \(text(of: value)); it must be true or false")
      }
      return entry(OptionNames.argument(name, isOn: isOn))
    }
    if let list = value.elements, !list.isEmpty {
      let elements = list.map {
        GivenOption.Element(value: text(of: $0), place: "\(path): line \($0.line)")
      }
      let words = list.compactMap(\.text)
      if let index = list.firstIndex(where: { ($0.text ?? "").isEmpty }) {
        throw TrainerError(
          .usage,
          "\(elements[index].place): element \(index + 1) of \(name) is "
            + "\(elements[index].value); it must be a value")
      }
      return entry("--\(name)=" + words.joined(separator: ","), elements: elements)
    }
    // With an empty value, an option would take the next one as its own.
    guard let word = value.text, !word.isEmpty, !value.isNull else {
      throw TrainerError(.usage, "\(place): \(name) is \(text(of: value)); it must be a value")
    }
    return entry("--\(name)=\(word)")
  }

  private static func text(of node: YAMLNode) -> String {
    node.text.map { $0.isEmpty ? "empty" : $0 }
      ?? (node.elements == nil ? "a mapping" : "a list")
  }

  /// Names the keys that may be meant.
  private static func suggestion(for name: String) -> String {
    let names = Spelling.suggestions(for: name, among: OptionNames.all.sorted())
    return names.isEmpty
      ? "; the keys are the long options of `trainer train`"
      : "; " + Spelling.question(names, mark: "`")
  }
}
