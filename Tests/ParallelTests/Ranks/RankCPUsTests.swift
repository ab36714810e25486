import TestSupport
import Testing

@testable import Parallel

@Suite("The CPUs of a rank")
struct RankCPUsTests {
  /// A machine of 16 CPUs.
  private func usable(affinity: Int, quota: Double? = nil) -> UsableCPUs {
    UsableCPUs(
      affinity: Array(0..<affinity), onlineCount: 16,
      quota: CgroupCPUQuota(cpus: quota, source: quota.map { _ in "cpu.max" }))
  }

  private func count(_ masks: [[UInt8]], own: Int = 0, cpusPerTask: Int? = nil) -> Int {
    RankCPUs(
      usable: usable(affinity: masks[own].reduce(0) { $0 + $1.nonzeroBitCount }), masks: masks,
      own: own, cpusPerTask: cpusPerTask
    ).count
  }

  @Test(
    "are divided among ranks that are bound to none",
    arguments: [(1, 16), (2, 8), (3, 5), (16, 1)])
  func unbound(ranks: Int, expected: Int) {
    let masks = [[UInt8]](repeating: [0xFF, 0xFF], count: ranks)
    for own in 0..<ranks { #expect(count(masks, own: own) == expected) }
  }

  @Test("are its own if it is bound to some")
  func bound() {
    #expect(count([[0x01], [0x02]]) == 1)
    // Two ranks on each half of the machine.
    let halves: [[UInt8]] = [[0xFF, 0], [0xFF, 0], [0, 0xFF], [0, 0xFF]]
    for own in 0..<4 { #expect(count(halves, own: own) == 4) }
    // One has CPUs that the other does not.
    #expect(count([[0x0F], [0x03]]) == 3)
    #expect(count([[0x0F], [0x03]], own: 1) == 1)
  }

  @Test("are at least one, and reported as too few, if there are more ranks")
  func oversubscribed() {
    let cpus = RankCPUs(
      usable: usable(affinity: 2), masks: [[3], [3], [3]], own: 1, cpusPerTask: nil)
    #expect(cpus.count == 1 && cpus.isOversubscribed && cpus.localRankCount == 3)
    let enough = RankCPUs(usable: usable(affinity: 2), masks: [[3], [3]], own: 1, cpusPerTask: nil)
    #expect(enough.count == 1 && !enough.isOversubscribed)
  }

  @Test("are limited by the scheduler's number")
  func scheduler() {
    #expect(count([[0xFF], [0xFF]], cpusPerTask: 3) == 3)
    #expect(count([[0xFF], [0xFF]], cpusPerTask: 8) == 4)
  }

  @Test("are a share of the quota")
  func quota() {
    let cpus = RankCPUs(
      usable: usable(affinity: 16, quota: 6), masks: [[0xFF, 0xFF], [0xFF, 0xFF]], own: 0,
      cpusPerTask: nil)
    #expect(cpus.count == 3)
    #expect(cpus.reason.contains("quota of 6.0"))
  }

  @Test("of one machine do not count ranks of another")
  func machines() {
    let usable = usable(affinity: 2)
    let results = ThreadCommunicator.onRanks(3) { communicator in
      RankCPUs.divide(
        usable, among: communicator, hostname: communicator.rank == 1 ? "b" : "a",
        environment: ["SLURM_CPUS_PER_TASK": "1"])
    }
    #expect(results.map(\.localRankCount) == [2, 1, 2])
    #expect(results.allSatisfy { $0.count == 1 })
  }

  @Test("the rank's number is read from its launcher's variables")
  func launcher() {
    #expect(LauncherEnvironment.rank([:]) == nil)
    #expect(LauncherEnvironment.rank(["OMPI_COMM_WORLD_RANK": "3"]) == 3)
    #expect(LauncherEnvironment.rank(["PMIX_RANK": "4"]) == 4)
    #expect(LauncherEnvironment.rank(["PMI_RANK": "0"]) == 0)
    #expect(LauncherEnvironment.laterRank(["PMI_RANK": "0"]) == nil)
    #expect(LauncherEnvironment.laterRank(["PMIX_RANK": "2"])?.variable == "PMIX_RANK")
  }

  @Test("a launcher gives the number of tasks; the job of a batch script does not")
  func taskCount() {
    for name in ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"] {
      let count = LauncherEnvironment.taskCount([name: "3"])
      #expect(count?.count == 3 && count?.variable == name)
    }
    let batch = ["SLURM_NTASKS": "4", "SLURM_PROCID": "0", "SLURM_JOB_ID": "7"]
    #expect(LauncherEnvironment.taskCount(batch) == nil)
    // mpirun inside of a step of one task.
    #expect(
      LauncherEnvironment.taskCount(["SLURM_STEP_NUM_TASKS": "1", "OMPI_COMM_WORLD_SIZE": "2"])?
        .count == 2)
  }
}
