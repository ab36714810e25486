/// What the program that started this process says of it before MPI does.
public enum LauncherEnvironment {
  /// The variables that launchers give a rank's number in: Open MPI's `mpirun`, those that speak PMIx,
  /// and those that speak PMI, as MPICH's and Slurm's do.
  static let rankVariables = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"]

  /// The process's rank; nil where no launcher has started it.
  ///
  /// - Parameter environment: The process's environment.
  /// - Returns: The rank.
  public static func rank(_ environment: [String: String]) -> Int? {
    rankVariables.lazy.compactMap { environment[$0].flatMap(Int.init) }.first
  }
}
