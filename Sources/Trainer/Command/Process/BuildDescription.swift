import CBuild
import Model
import Training

/// The description of this build, for `--version`.
struct BuildDescription: CustomStringConvertible {
  /// The commit; nil if the build was not told.
  let commit: String?
  /// The package traits of the build.
  let traits: [String]

  /// This program's build.
  static let current = BuildDescription(
    commit: String(cString: build_commit), traits: Self.enabledTraits)

  /// Describes a build.
  ///
  /// - Parameters:
  ///   - commit: The commit; empty if it is not known.
  ///   - traits: The package traits.
  init(commit: String, traits: [String]) {
    self.commit = commit.isEmpty ? nil : commit
    self.traits = traits
  }

  private static var enabledTraits: [String] {
    #if MPI
      ["MPI"]
    #else
      []
    #endif
  }

  /// Four lines: version, commit, traits and engines.
  var description: String {
    """
    trainer \(TrainerVersion.current)
    commit  \(commit ?? "unknown")
    traits  \(traits.isEmpty ? "none" : traits.joined(separator: ", "))
    engines \(Engine.allCases.map(\.rawValue).joined(separator: ", "))
    """
  }
}
