import Foundation
import Trainer
import Yams

/// A YAML file with options of training: a key for each, named as on the command line.
enum ConfigurationFile {
  /// The keys that a file may have.
  static let keys: Set<String> = switches.union(values)

  /// Options that are on or off; where off has an option of its own, it is `--no-NAME`.
  private static let switches: Set = ["batch-norm", "shuffle", "quiet", "no-progress"]
  private static let invertible: Set = ["batch-norm", "shuffle"]

  /// Options with a value.
  private static let values: Set = [
    "threads", "pin", "blas-core", "dataset", "data", "epochs", "steps", "batch-size", "shard-size",
    "accumulate", "seed", "validation", "early-stopping", "target-accuracy", "hidden", "dropout",
    "dropout-mode", "label-smoothing", "optimizer", "learning-rate", "lr", "momentum",
    "decay-rate", "beta1", "beta2", "epsilon", "weight-decay", "clip-norm", "max-norm", "ema",
    "lr-schedule", "warmup-steps", "lr-step-epochs", "lr-gamma", "lr-patience", "lr-minimum",
    "output", "checkpoint-every", "keep", "init", "save-init", "save", "metrics", "profile",
    "tensorboard", "histogram-every",
  ]

  /// Reads a file as the command line that says the same.
  ///
  /// - Parameter path: The file.
  /// - Returns: The arguments, in the file's order.
  /// - Throws: `TrainerError` that names the line.
  static func arguments(path: String) throws -> [String] {
    let text: String
    do {
      text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
    } catch CocoaError.fileReadNoSuchFile {
      throw TrainerError(.dataNotFound, "\(path): no such file")
    } catch {
      throw TrainerError(.inputOutput, "\(path): cannot be read: \(error.localizedDescription)")
    }
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw TrainerError(.usage, "\(path): \(error)")
    }
    // An empty file says nothing.
    guard let root, root.null == nil else { return [] }
    guard let mapping = root.mapping else {
      throw TrainerError(
        .usage, "\(path): found no options, expected lines such as `batch-size: 512`")
    }
    return try mapping.flatMap { try argument($0.key, $0.value, path: path) }
  }

  private static func argument(_ key: Node, _ value: Node, path: String) throws -> [String] {
    let name = key.string ?? ""
    let place = "\(path): line \(key.mark?.line ?? 1)"
    guard keys.contains(name) else {
      throw TrainerError(.usage, "\(place): unknown key `\(name)`\(suggestion(for: name))")
    }
    if switches.contains(name) {
      guard let isOn = value.bool else {
        throw TrainerError(
          .usage, "\(place): \(name) is \(text(of: value)); it has to be true or false")
      }
      if isOn { return ["--\(name)"] }
      return invertible.contains(name) ? ["--no-\(name)"] : []
    }
    if let words = value.sequence?.map(\.scalar?.string), !words.contains(nil), !words.isEmpty {
      return ["--\(name)=" + words.compactMap { $0 }.joined(separator: ",")]
    }
    guard let scalar = value.scalar, value.null == nil else {
      throw TrainerError(.usage, "\(place): \(name) is \(text(of: value)); it has to be a value")
    }
    return ["--\(name)=\(scalar.string)"]
  }

  private static func text(of node: Node) -> String {
    node.scalar.map { $0.string.isEmpty ? "empty" : $0.string }
      ?? (node.sequence == nil ? "a mapping" : "a list")
  }

  /// Names the keys that may be meant.
  private static func suggestion(for name: String) -> String {
    let names = Spelling.suggestions(for: name, among: keys.sorted())
    return names.isEmpty
      ? "; the keys are the long options of `trainer train`"
      : "; " + Spelling.question(names, mark: "`")
  }
}
