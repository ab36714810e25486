import Files
import Foundation
import Model
import Parallel
import Training

/// Verifies before training that all ranks of a job have the same settings, data and versions.
package enum RankAgreement {
  /// The values that must be equal on all ranks.
  package struct Items: Codable, Sendable {
    /// The settings' values, by their names.
    var settings: [String: String] = [:]
    /// The others, by names for messages.
    var others: [String: String] = [:]
  }

  /// Collects what must be equal on all ranks.
  ///
  /// - Parameters:
  ///   - identity: Everything that determines the run's result.
  ///   - settings: All settings that must be equal on all ranks.
  /// - Returns: The values.
  package static func items(_ identity: RunIdentity, settings: [Setting]) -> Items {
    var items = Items(others: ["the trainer's version": TrainerVersion.current])
    items.others["OpenBLAS's core"] = identity.blasCore
    items.others["OpenBLAS's version"] = identity.openBLASVersion
    for setting in settings { items.settings[setting.name] = setting.value.description }
    for (file, digest) in identity.dataset { items.others["the SHA-256 of \(file)"] = digest }
    return items
  }

  /// Compares the values of all ranks with those of rank 0; collective.
  ///
  /// - Parameters:
  ///   - items: The values that must be equal; see ``items(_:settings:)``.
  ///   - communicator: The ranks.
  /// - Throws: ``TrainerError``, the same on all ranks. It names the first rank that differs, the
  ///   item, and both values.
  package static func require(_ items: Items, among communicator: any Communicator) throws {
    if communicator.size == 1 { return }
    let all: [Items]
    do {
      all = try communicator.allGather(Array(JSONEncoder().encode(items)))
        .map { try JSONDecoder().decode(Items.self, from: Data($0)) }
    } catch {
      throw TrainerError(.failed, "the ranks' settings cannot be compared: \(error)")
    }
    for (rank, other) in all.enumerated() {
      try require(other.settings, of: rank, are: all[0].settings) { "\(setting: $0)" }
      try require(other.others, of: rank, are: all[0].others) { "\($0)" }
    }
  }

  private static func require(
    _ values: [String: String], of rank: Int, are expected: [String: String],
    words: (_ name: String) -> Message
  ) throws {
    for name in Set(values.keys).union(expected.keys).sorted()
    where values[name] != expected[name] {
      throw TrainerError(
        .usage,
        "rank \(rank) has \(words(name)) \(values[name] ?? "not given"), rank 0 has "
          + "\(expected[name] ?? "none"); all ranks of a job need the same settings, data, trainer "
          + "and OpenBLAS")
    }
  }
}
