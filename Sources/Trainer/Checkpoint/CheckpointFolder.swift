import Foundation
import Glibc
import Model
import Parallel

/// A run's checkpoints: files named after their steps, of which the newest few are kept.
public struct CheckpointFolder: Sendable {
  /// Where it is.
  public let path: String
  /// How many checkpoints are kept.
  public let keep: Int

  private static let prefix = "step-"
  private static let suffix = ".safetensors"

  /// Names a folder.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - keep: How many checkpoints are kept, at least 1.
  public init(path: String, keep: Int) {
    self.path = path
    self.keep = keep
  }

  /// The path of a step's checkpoint.
  ///
  /// - Parameter step: The step.
  /// - Returns: A name that sorts by step.
  public func file(step: Int) -> String {
    let digits = String(step)
    return path + "/" + Self.prefix + String(repeating: "0", count: max(0, 9 - digits.count))
      + digits + Self.suffix
  }

  /// Writes a checkpoint, then removes those that are too old.
  ///
  /// - Parameter checkpoint: The checkpoint.
  /// - Throws: `WeightsError` where it cannot be written; older ones are whole then, and all there.
  public func write(_ checkpoint: Checkpoint) throws {
    try checkpoint.write(path: file(step: checkpoint.position.step))
    for step in try steps().dropLast(keep) {
      guard unlink(file(step: step)) == 0 || errno == ENOENT else {
        throw failure(file(step: step), errno, "removed")
      }
    }
  }

  /// Reads the newest checkpoint that is whole, and puts damaged ones out of the way.
  ///
  /// - Parameter warn: Is told of each damaged one.
  /// - Returns: The checkpoint, or nil where there are none.
  /// - Throws: ``TrainerError`` where there are some, and none is whole.
  public func newest(warn: (String) -> Void) throws -> Checkpoint? {
    var last: (any Error)?
    for step in try steps().reversed() {
      do {
        let checkpoint = try Checkpoint(path: file(step: step))
        guard checkpoint.position.step == step else {
          throw TrainerError(
            .badData,
            "\(file(step: step)): found the checkpoint of step \(checkpoint.position.step)")
        }
        return checkpoint
      } catch {
        warn("\(error); set aside, and the checkpoint before it is used")
        last = error
      }
      try setAside(step: step)
    }
    if last != nil {
      throw TrainerError(
        .badData,
        "\(path): found no checkpoint that is whole, expected one; --overwrite starts anew")
    }
    return nil
  }

  /// Removes what a writer that was killed has left.
  public func removeLeftovers() throws {
    for name in try names() where name.hasPrefix(".trainer-") && name.hasSuffix(".tmp") {
      unlink(path + "/" + name)
    }
  }

  /// Removes every checkpoint.
  ///
  /// - Throws: ``TrainerError`` where one cannot be removed.
  public func removeAll() throws {
    for name in try names() where name.hasPrefix(Self.prefix) {
      guard unlink(path + "/" + name) == 0 else {
        throw failure(path + "/" + name, errno, "removed")
      }
    }
  }

  /// The steps that there are checkpoints of, ascending.
  ///
  /// - Returns: The steps.
  /// - Throws: ``TrainerError`` where the folder cannot be read.
  public func steps() throws -> [Int] {
    try names().compactMap { name in
      guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix) else { return nil }
      return Int(name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count))
    }.sorted()
  }

  private func names() throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
    } catch CocoaError.fileReadNoSuchFile {
      return []
    } catch {
      throw TrainerError(.inputOutput, "\(path): cannot be read: \(SystemCall.text(of: error))")
    }
  }

  private func setAside(step: Int) throws {
    let old = file(step: step)
    guard rename(old, old + ".damaged") == 0 else {
      throw failure(old, errno, "renamed")
    }
  }

  private func failure(_ file: String, _ code: Int32, _ action: String) -> TrainerError {
    TrainerError(
      .inputOutput, "\(file): cannot be \(action): \(SystemCall.text(of: code))")
  }
}
