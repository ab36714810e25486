import Files
import Foundation
import Glibc
import Machine
import Parallel
import Synchronization
import Training

/// This process's place among those that MPI has started; without the trait MPI it is alone.
enum Ranks {
  #if MPI
    private static let joined = Mutex<MPICommunicator?>(nil)
  #endif

  /// Seconds that another rank than 0 waits before it tells an error: most errors are rank 0's too,
  /// which tells them for all and ends the job.
  private static let headStart: UInt32 = 2

  /// This process's rank, from its launcher as long as MPI is not started; nil if it is alone.
  static var number: Int? {
    #if MPI
      joined.withLock { $0.flatMap { $0.size > 1 ? $0.rank : nil } }
        ?? LauncherEnvironment.rank(ProcessInfo.processInfo.environment)
    #else
      nil
    #endif
  }

  /// Refuses to be one of several tasks that a launcher started, in a build without MPI: each would do
  /// the same work, and none would know of the others.
  ///
  /// - Throws: `TrainerError`.
  static func requireMPI() throws {
    #if !MPI
      let environment = ProcessInfo.processInfo.environment
      guard environment[independenceVariable] != "1" else { return }
      let tasks: String
      if let (count, variable) = LauncherEnvironment.taskCount(environment) {
        guard count > 1 else { return }
        tasks = "\(count) tasks (\(variable))"
      } else if let (rank, variable) = LauncherEnvironment.laterRank(environment) {
        tasks = "several tasks (\(variable) is \(rank))"
      } else {
        return
      }
      throw TrainerError(
        .usage,
        "a launcher has started \(tasks), but this build has no MPI: each would do the whole work by "
          + "itself. swift build -c release --traits MPI builds what trains together; "
          + "\(independenceVariable)=1 allows tasks that are meant to be independent")
    #endif
  }

  #if !MPI
    /// Set to 1 it says that a launcher's tasks are runs of their own.
    private static let independenceVariable = "TRAINER_INDEPENDENT"
  #endif

  /// Starts MPI, once in a process.
  ///
  /// - Returns: All ranks.
  static func join() -> any Communicator {
    #if MPI
      let communicator = MPICommunicator(onFailure: { message in
        Console.error(message)
        end(TrainerError.Code.failed.rawValue)
      })
      joined.withLock { $0 = communicator }
      if communicator.size > 1 { Console.speak(asRank: communicator.rank) }
      return communicator
    #else
      return SingleProcess()
    #endif
  }

  /// Whether this program can be one of several ranks.
  static var isAvailable: Bool {
    #if MPI
      true
    #else
      false
    #endif
  }

  /// Divides this machine's CPUs among its ranks; collective.
  ///
  /// - Parameters:
  ///   - usable: The CPUs that this process may use.
  ///   - communicator: All ranks.
  ///   - machine: This machine.
  ///   - pin: Where workers are to be bound.
  /// - Returns: This rank's.
  /// - Throws: `TrainerError` where several ranks would bind workers to the same CPUs.
  static func divide(
    _ usable: UsableCPUs, among communicator: any Communicator, machine: Machine,
    pin: WorkerPlacement
  ) throws -> RankCPUs {
    let cpus = RankCPUs.divide(
      usable, among: communicator, hostname: machine.hostname,
      environment: ProcessInfo.processInfo.environment)
    guard pin == .none || !cpus.sharesCPUs else {
      throw TrainerError(
        .usage,
        "--pin \(pin.rawValue) would bind workers of several ranks to one CPU, as the ranks share "
          + "CPUs; let mpirun or srun give each its own, or leave --pin out")
    }
    return cpus
  }

  /// The cores that a rank's workers need not share with another rank's.
  static func ownCores(
    _ cpus: RankCPUs, of usable: UsableCPUs, among communicator: any Communicator
  ) -> Int {
    if communicator.size == 1 { return usable.count }
    return cpus.isOversubscribed ? 0 : cpus.count
  }

  /// Ends this rank's part of a job that all ranks have done.
  static func leave() {
    #if MPI
      joined.withLock { communicator in
        communicator?.finish()
        communicator = nil
      }
    #endif
  }

  /// Tells an error and ends all ranks.
  ///
  /// - Parameters:
  ///   - message: What happened.
  ///   - code: The exit code.
  /// - Returns: Never.
  static func fail(_ message: String, _ code: Int32) -> Never {
    if let number {
      Console.speak(asRank: number)
      // The other ranks' end comes as a signal that would only ask for a checkpoint.
      StopSignals.release()
      if number > 0 { sleep(headStart) }
    }
    Console.error(message)
    end(code)
  }

  private static func end(_ code: Int32) -> Never {
    #if MPI
      if let communicator = joined.withLock({ $0 }), communicator.size > 1 {
        communicator.abort(code: code)
      }
    #endif
    Foundation.exit(code)
  }
}
