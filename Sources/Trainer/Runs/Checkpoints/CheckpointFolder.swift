import Files
import Glibc
import Model
import Training

/// A run's checkpoints: files named after their steps, of which the newest few are kept.
package struct CheckpointFolder: Sendable {
  /// Where it is.
  package let path: String
  /// How many checkpoints are kept.
  package let keep: Int
  private let isInPlace: @Sendable () -> Bool

  private static let prefix = "step-"
  private static let suffix = ".safetensors"
  private static let damagedSuffix = ".damaged"

  /// Names a folder.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - keep: How many checkpoints are kept, at least 1.
  ///   - isInPlace: Whether the path still leads to the run's own directory; asked before each write.
  package init(
    path: String, keep: Int, isInPlace: @escaping @Sendable () -> Bool = { true }
  ) {
    self.path = path
    self.keep = keep
    self.isInPlace = isInPlace
  }

  /// The path of a step's checkpoint.
  ///
  /// - Parameter step: The step.
  /// - Returns: A name that sorts by step.
  package func file(step: Int) -> String {
    let digits = String(step)
    return path + "/" + Self.prefix + String(repeating: "0", count: max(0, 9 - digits.count))
      + digits + Self.suffix
  }

  /// Writes a checkpoint, then removes those that are too old.
  ///
  /// - Parameter checkpoint: The checkpoint.
  /// - Throws: `WeightsError` where it cannot be written; older ones are whole then, and all there.
  package func write(_ checkpoint: Checkpoint) throws {
    guard isInPlace() else {
      throw FileError(
        path, .write, found: "another directory in its place, or none", expected: "the run's own")
    }
    try checkpoint.write(path: file(step: checkpoint.position.step))
    for step in try steps().dropLast(keep) {
      guard unlink(file(step: step)) == 0 || errno == ENOENT else {
        throw FileError(file(step: step), .remove, code: errno)
      }
    }
  }

  /// Reads the newest checkpoint that is whole, and puts damaged ones out of the way.
  ///
  /// - Parameter warn: Is told of each damaged one.
  /// - Returns: The checkpoint, or nil where there are none.
  /// - Throws: ``TrainerError`` where there are some, damaged ones included, and none is whole;
  ///   where one cannot be read, which says nothing about its content.
  package func newest(warn: (String) -> Void) throws -> Checkpoint? {
    for step in try steps().reversed() {
      do {
        return try read(step: step)
      } catch let error as WeightsError {
        warn("\(error); set aside, and the checkpoint before it is used")
      } catch let error as TrainerError where error.code == .badData {
        warn("\(error); set aside, and the checkpoint before it is used")
      } catch let error as FileError {
        throw TrainerError(.inputOutput, "\(error); all checkpoints are as they were")
      }
      try setAside(step: step)
    }
    let damaged = try names().filter { $0.hasPrefix(Self.prefix) }.sorted()
    guard damaged.isEmpty else {
      throw TrainerError(
        .badData,
        "\(path): found damaged checkpoints alone (\(damaged.joined(separator: ", "))), expected "
          + "one that is whole; --overwrite starts anew")
    }
    return nil
  }

  private func read(step: Int) throws -> Checkpoint {
    let checkpoint = try Checkpoint(path: file(step: step))
    guard checkpoint.position.step == step else {
      throw TrainerError(
        .badData,
        "\(file(step: step)): found the checkpoint of step \(checkpoint.position.step), expected "
          + "that of step \(step)")
    }
    return checkpoint
  }

  /// Whether the folder has nothing in it, or is not there.
  ///
  /// - Throws: ``FileError`` if it cannot be read.
  package var isEmpty: Bool {
    get throws { try names().isEmpty }
  }

  /// Whether a run has been here: also where all of its checkpoints are damaged.
  ///
  /// - Throws: ``FileError`` if the folder cannot be read.
  package var holdsCheckpoints: Bool {
    get throws { try names().contains { $0.hasPrefix(Self.prefix) } }
  }

  /// Removes every checkpoint, damaged ones too.
  ///
  /// - Throws: ``FileError`` if one cannot be removed.
  package func removeAll() throws {
    for name in try names() where name.hasPrefix(Self.prefix) {
      guard unlink(path + "/" + name) == 0 || errno == ENOENT else {
        throw FileError(path + "/" + name, .remove, code: errno)
      }
    }
  }

  /// The steps that there are checkpoints of, ascending.
  ///
  /// - Returns: The steps.
  /// - Throws: ``FileError`` if the folder cannot be read.
  package func steps() throws -> [Int] {
    try names().compactMap { name in
      guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix) else { return nil }
      let step = Int(name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count))
      // Somebody's copy may have a step's number in another form.
      return step.flatMap { file(step: $0) == path + "/" + name ? $0 : nil }
    }.sorted()
  }

  private func names() throws -> [String] {
    do {
      return try SystemCall.names(in: path)
    } catch {
      if error.code == ENOENT { return [] }
      throw FileError(path, .read, code: error.code)
    }
  }

  private func setAside(step: Int) throws {
    let old = file(step: step)
    guard rename(old, old + Self.damagedSuffix) == 0 else {
      throw FileError(old, .rename, code: errno)
    }
  }
}
