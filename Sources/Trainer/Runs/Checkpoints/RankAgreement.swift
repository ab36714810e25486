import Foundation
import Model
import Parallel
import Training

/// Verifies before training that all ranks of a job have the same settings, data and versions.
package enum RankAgreement {
  /// The values that must be equal on all ranks, by names for messages.
  ///
  /// - Parameters:
  ///   - identity: Everything that determines the run's result.
  ///   - settings: All settings that must be equal on all ranks.
  /// - Returns: Values by name.
  package static func items(_ identity: RunIdentity, settings: [Setting]) -> [String: String] {
    var items = ["the trainer's version": TrainerVersion.current]
    items["OpenBLAS's core"] = identity.blasCore
    items["OpenBLAS's version"] = identity.openBLASVersion
    for setting in settings { items["--\(setting.name)"] = setting.value.description }
    for (file, digest) in identity.dataset { items["the SHA-256 of \(file)"] = digest }
    return items
  }

  /// Compares the values of all ranks with those of rank 0; collective.
  ///
  /// - Parameters:
  ///   - items: The values that must be equal; see ``items(_:settings:)``.
  ///   - communicator: The ranks.
  /// - Throws: ``TrainerError``, the same on all ranks. It names the first rank that differs, the
  ///   item, and both values.
  package static func require(
    _ items: [String: String], among communicator: any Communicator
  ) throws {
    if communicator.size == 1 { return }
    let all: [[String: String]]
    do {
      all = try communicator.allGather(Array(JSONEncoder().encode(items)))
        .map { try JSONDecoder().decode([String: String].self, from: Data($0)) }
    } catch {
      throw TrainerError(.failed, "the ranks' settings cannot be compared: \(error)")
    }
    for (rank, other) in all.enumerated() {
      for name in Set(other.keys).union(all[0].keys).sorted() where other[name] != all[0][name] {
        throw TrainerError(
          .usage,
          "rank \(rank) has \(name) \(other[name] ?? "not given"), rank 0 has "
            + "\(all[0][name] ?? "none"); all ranks of a job need the same options, data, trainer "
            + "and OpenBLAS")
      }
    }
  }
}
