import Foundation
import Model
import Parallel
import Training

/// Makes sure that all ranks of a job compute the same before any of them begins.
package enum RankAgreement {
  /// What has to be the same, under the names that the user knows it by.
  ///
  /// - Parameters:
  ///   - identity: What the run is a function of.
  ///   - settings: All settings that are the same on every rank.
  /// - Returns: Values by name.
  package static func items(_ identity: RunIdentity, settings: [Setting]) -> [String: String] {
    var items = [
      "the trainer's version": TrainerVersion.current, "OpenBLAS's core": identity.kernel,
      "OpenBLAS's version": identity.openBLASVersion,
    ]
    for setting in settings { items["--\(setting.name)"] = setting.value.description }
    for (file, digest) in identity.dataset { items["the SHA-256 of \(file)"] = digest }
    return items
  }

  /// Compares what every rank has with what rank 0 has; collective.
  ///
  /// - Parameters:
  ///   - items: What has to be the same; see ``items(_:settings:)``.
  ///   - communicator: The ranks.
  /// - Throws: ``TrainerError``, on every rank the same, that names the first rank that differs, the
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
