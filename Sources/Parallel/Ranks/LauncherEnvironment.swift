/// Environment variables by which a launcher describes a process before MPI starts.
package enum LauncherEnvironment {
  /// The variables with a rank's number: of Open MPI's `mpirun`, of launchers that use PMIx, and of
  /// those that use PMI, such as MPICH's and Slurm's.
  static let rankVariables = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"]

  /// The process's rank; nil if the process was not started by a launcher.
  ///
  /// - Parameter environment: The process's environment.
  /// - Returns: The rank.
  package static func rank(_ environment: [String: String]) -> Int? {
    rankVariables.lazy.compactMap { environment[$0].flatMap(Int.init) }.first
  }

  /// The process's rank if it is not the first rank.
  ///
  /// - Parameter environment: The process's environment.
  /// - Returns: The rank and its variable; nil if no launcher has started the process, or if it is
  ///   rank 0.
  package static func laterRank(
    _ environment: [String: String]
  ) -> (rank: Int, variable: String)? {
    rankVariables.lazy.compactMap { name in
      environment[name].flatMap(Int.init).map { (rank: $0, variable: name) }
    }.first { $0.rank > 0 }
  }

  /// The variables with the number of tasks: of Open MPI's `mpirun`, of launchers that use PMI, of
  /// MVAPICH, and of Slurm's `srun`.
  ///
  /// Slurm's number of tasks of a job is not used: a batch script has it too, and is one process.
  static let sizeVariables = [
    "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS",
  ]

  /// The number of tasks that were started together, including this process.
  ///
  /// - Parameter environment: The process's environment.
  /// - Returns: The number and its variable; nil if no launcher has started the process.
  package static func taskCount(
    _ environment: [String: String]
  ) -> (count: Int, variable: String)? {
    sizeVariables.lazy.compactMap { name in
      environment[name].flatMap(Int.init).map { (count: $0, variable: name) }
    }.max { $0.count < $1.count }
  }
}
