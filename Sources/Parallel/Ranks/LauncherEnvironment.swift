/// What the program that started this process says of it before MPI does.
package enum LauncherEnvironment {
  /// The variables that launchers give a rank's number in: Open MPI's `mpirun`, those that speak PMIx,
  /// and those that speak PMI, as MPICH's and Slurm's do.
  static let rankVariables = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"]

  /// The process's rank; nil where no launcher has started it.
  ///
  /// - Parameter environment: The process's environment.
  /// - Returns: The rank.
  package static func rank(_ environment: [String: String]) -> Int? {
    rankVariables.lazy.compactMap { environment[$0].flatMap(Int.init) }.first
  }

  /// The process's rank where it is not the first: another process has been started beside it.
  ///
  /// - Parameter environment: The process's environment.
  /// - Returns: The rank and the variable that tells it; nil where no launcher has started the process,
  ///   or has started it as the first.
  package static func laterRank(
    _ environment: [String: String]
  ) -> (rank: Int, variable: String)? {
    rankVariables.lazy.compactMap { name in
      environment[name].flatMap(Int.init).map { (rank: $0, variable: name) }
    }.first { $0.rank > 0 }
  }

  /// The variables that launchers give the number of tasks in: Open MPI's `mpirun`, those that speak PMI,
  /// MVAPICH's, and Slurm's `srun`.
  ///
  /// Slurm's number of a job's tasks is another: a batch script has it too, which is one process.
  static let sizeVariables = [
    "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS",
  ]

  /// How many tasks were started together, this process among them.
  ///
  /// - Parameter environment: The process's environment.
  /// - Returns: The number and the variable that tells it; nil where no launcher has started the process.
  package static func taskCount(
    _ environment: [String: String]
  ) -> (count: Int, variable: String)? {
    sizeVariables.lazy.compactMap { name in
      environment[name].flatMap(Int.init).map { (count: $0, variable: name) }
    }.max { $0.count < $1.count }
  }
}
