import Files
import Foundation
import Glibc
import Machine
import Parallel
import Synchronization
import Training

/// This process as one of the ranks of an MPI job.
///
/// Without the trait MPI it is the only one.
enum MPIProcess {
  #if MPI
    private static let joined = Mutex<MPICommunicator?>(nil)
  #endif

  /// The seconds that ranks other than 0 wait before they report an error.
  ///
  /// Most errors occur on rank 0 too, which reports them for all and ends the job.
  private static let headStart: UInt32 = 2

  /// This process's rank, from its launcher as long as MPI is not started; nil if it is alone.
  static var number: Int? {
    #if MPI
      joined.withLock { communicator in
        // Open MPI sets a launcher's variables itself in a process that is alone.
        guard let communicator else {
          return LauncherEnvironment.rank(ProcessInfo.processInfo.environment)
        }
        return communicator.size > 1 ? communicator.rank : nil
      }
    #else
      nil
    #endif
  }

  /// Whether this process writes the output: it is rank 0, or alone.
  static var isLeader: Bool { (number ?? 0) == 0 }

  /// Lets messages name this process's rank, as far as its launcher says it.
  static func announce() {
    if let number { Console.setRank(number) }
  }

  /// Throws an error if a launcher started several tasks of a build without MPI.
  ///
  /// Each task would do the same work independently.
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
        "a launcher has started \(tasks), but this build has no MPI, so each would do the whole "
          + "work alone; build with swift build -c release --traits MPI to train together, or set "
          + "\(independenceVariable)=1 if the tasks are meant to be independent")
    #endif
  }

  #if !MPI
    /// The variable that, with the value 1, marks a launcher's tasks as independent runs.
    private static let independenceVariable = "TRAINER_INDEPENDENT"
  #endif

  /// Starts MPI; call it once per process.
  ///
  /// - Returns: All ranks.
  static func join() -> any Communicator {
    #if MPI
      let communicator = MPICommunicator(onFailure: { message in
        Console.error(message)
        end(TrainerError.Code.failed.rawValue)
      })
      joined.withLock { $0 = communicator }
      if communicator.size > 1 { Console.setRank(communicator.rank) }
      return communicator
    #else
      return SingleProcess()
    #endif
  }

  /// Whether this build supports several ranks.
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
  ///   - pin: How workers are bound.
  /// - Returns: The CPUs of this rank.
  /// - Throws: `TrainerError` if several ranks would bind workers to the same CPUs.
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
        "--pin \(pin.rawValue) would bind workers of several ranks to one CPU, since the ranks "
          + "share CPUs; let mpirun or srun bind each rank to its own CPUs, or omit --pin")
    }
    return cpus
  }

  /// The number of cores that a rank does not share with other ranks.
  static func ownCores(
    _ cpus: RankCPUs, of usable: UsableCPUs, among communicator: any Communicator
  ) -> Int {
    if communicator.size == 1 { return usable.count }
    return cpus.isOversubscribed ? 0 : cpus.count
  }

  /// Finishes MPI, after all ranks have completed the job.
  static func leave() {
    #if MPI
      joined.withLock { communicator in
        communicator?.finish()
        communicator = nil
      }
    #endif
  }

  /// Reports an error and ends all ranks.
  ///
  /// - Parameters:
  ///   - message: The error.
  ///   - code: The exit code.
  /// - Returns: Never.
  static func fail(_ message: String, _ code: Int32) -> Never {
    if let number {
      Console.setRank(number)
      // The launcher then signals the other ranks, which would otherwise only write a checkpoint.
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
