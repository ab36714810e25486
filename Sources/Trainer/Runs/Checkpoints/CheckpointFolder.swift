import Files
import Glibc
import Model
import Training

/// The folder of a run's checkpoints: files named after their steps, of which the newest are kept.
package struct CheckpointFolder: Sendable {
  /// The folder's path.
  package let path: String
  /// The number of checkpoints to keep.
  package let keep: Int
  private let isInPlace: @Sendable () -> Bool

  private static let prefix = "step-"
  private static let suffix = ".safetensors"
  private static let damagedSuffix = ".damaged"

  /// Describes a folder; the file system is not accessed.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - keep: The number of checkpoints to keep, at least 1.
  ///   - isInPlace: Whether the path still leads to the run's own directory and its lock; called
  ///     before each write.
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
  /// - Returns: A path with at least 9 digits, so that names sort by step.
  package func file(step: Int) -> String {
    let digits = String(step)
    return path + "/" + Self.prefix + String(repeating: "0", count: max(0, 9 - digits.count))
      + digits + Self.suffix
  }

  /// Writes a checkpoint, then removes the oldest ones beyond ``keep``.
  ///
  /// - Parameter checkpoint: The checkpoint.
  /// - Throws: ``FileError`` if it cannot be written, in which case all older ones are kept; also
  ///   if an old one cannot be removed.
  package func write(_ checkpoint: Checkpoint) throws {
    guard isInPlace() else {
      throw FileError(
        path, .write, found: "the run's directory or its `.lock` replaced or removed",
        expected: "both in place")
    }
    try checkpoint.write(path: file(step: checkpoint.position.step))
    try removeOld()
  }

  /// Removes the oldest checkpoints beyond ``keep``: a process that was killed may have left one
  /// more.
  ///
  /// - Throws: ``FileError`` if one cannot be removed, or the folder cannot be read.
  package func removeOld() throws {
    for step in try steps().dropLast(keep) {
      try remove(file(step: step))
    }
  }

  /// Reads the newest undamaged checkpoint, and renames newer, damaged ones.
  ///
  /// - Parameter warn: Called with a message for each damaged checkpoint.
  /// - Returns: The checkpoint; nil if there are none.
  /// - Throws: ``TrainerError`` of code `badData` if all checkpoints are damaged, and of code
  ///   `inputOutput` or `refused` if one cannot be read, since its content is then unknown;
  ///   ``FileError`` if the folder cannot be read, or a damaged checkpoint cannot be renamed.
  package func newest(warn: (String) -> Void) throws -> Checkpoint? {
    for step in try steps().reversed() {
      do {
        return try read(step: step)
      } catch let error as WeightsError {
        warn("\(error); renamed with the suffix .damaged; the previous checkpoint is used")
      } catch let error as TrainerError where error.code == .badData {
        warn("\(error); renamed with the suffix .damaged; the previous checkpoint is used")
      } catch let error as FileError {
        let failure = TrainerError(error)
        throw TrainerError(
          failure.code == .refused ? .refused : .inputOutput,
          "\(failure); this checkpoint is unchanged")
      }
      try renameDamaged(step: step)
    }
    let damaged = try ownNames().sorted()
    guard damaged.isEmpty else {
      throw TrainerError(
        .badData,
        "\(path): found only damaged checkpoints (\(damaged.joined(separator: ", "))), expected "
          + "an undamaged one; \(setting: "overwrite") starts a new run")
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

  /// Whether the folder contains checkpoints, damaged ones included.
  ///
  /// - Throws: ``FileError`` if the folder cannot be read.
  package var holdsCheckpoints: Bool {
    get throws { try !ownNames().isEmpty }
  }

  /// Removes every checkpoint, damaged ones included.
  ///
  /// - Throws: ``FileError`` if one cannot be removed.
  package func removeAll() throws {
    for name in try ownNames() { try remove(path + "/" + name) }
  }

  /// Checks whether ``removeAll()`` could remove every checkpoint; removes none.
  ///
  /// - Throws: ``FileError`` if it could not.
  func requireRemovable() throws {
    let names = try ownNames()
    if names.isEmpty { return }
    let system = FileSystems.current
    try FileError.wrapping(path, .write) { () throws(SystemError) in
      try system.checkAccess(path, W_OK | X_OK)
    }
    for file in names.map({ path + "/" + $0 }) {
      try FileError.wrapping(file, .remove) { () throws(SystemError) in
        let found = try system.existing(file, followingLink: false)
        if found?.kind == .folder { throw SystemError(code: EISDIR) }
      }
    }
  }

  private func remove(_ file: String) throws(FileError) {
    try FileError.wrapping(file, .remove) { () throws(SystemError) in
      try FileSystems.current.removeIfPresent(file)
    }
  }

  /// The steps for which there are checkpoints, in ascending order.
  ///
  /// - Returns: The steps; none if the folder does not exist.
  /// - Throws: ``FileError`` if the folder cannot be read.
  package func steps() throws -> [Int] {
    try names().compactMap { step(of: $0) }.sorted()
  }

  /// The longest path that a checkpoint may have.
  var longestPath: String { file(step: .max) + Self.damagedSuffix }

  /// The step in the name of a checkpoint; nil for the name of another file.
  private func step(of name: String) -> Int? {
    guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix) else { return nil }
    let step = Int(name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count))
    // A user's copy may have a name with the step written differently.
    return step.flatMap { file(step: $0) == path + "/" + name ? $0 : nil }
  }

  /// The names of all checkpoints, damaged ones included: other files are not the run's.
  private func ownNames() throws -> [String] {
    try names().filter { name in
      let isDamaged = name.hasSuffix(Self.damagedSuffix)
      return step(of: isDamaged ? String(name.dropLast(Self.damagedSuffix.count)) : name) != nil
    }
  }

  private func names() throws -> [String] {
    do throws(SystemError) {
      return try FileSystems.current.names(in: path)
    } catch {
      if error.code == ENOENT { return [] }
      throw FileError(path, .read, code: error.code)
    }
  }

  private func renameDamaged(step: Int) throws {
    let old = file(step: step)
    try FileError.wrapping(old, .rename) { () throws(SystemError) in
      try FileSystems.current.rename(old, old + Self.damagedSuffix)
    }
  }
}
