import Files
import Foundation
import Glibc
import Synchronization
import Testing

@testable import Parallel

@Suite("The system's limits")
struct LimitTests {
  @Test("the smallest limit of memory of the process's cgroup and its ancestors counts")
  func memoryVersion2() throws {
    let tree = try CgroupTree(
      membership: "0::/slice/pod\n", mounts: UsableCPUsTests.unified,
      files: [
        "slice/memory.max": "1073741824\n", "slice/memory.current": "500\n",
        "slice/pod/memory.max": "max\n", "memory.max": "8589934592\n", "other/memory.max": "1\n",
      ])
    #expect(
      CgroupLimit.memory(root: tree.system.root)
        == CgroupLimit(
          value: 1 << 30, source: "/sys/fs/cgroup/slice/memory.max", used: 500))
    #expect(
      MemoryLimit.all(root: tree.system.root).contains(
        MemoryLimit(bytes: 1 << 30, source: "/sys/fs/cgroup/slice/memory.max")))
  }

  @Test("version 1: the memory controller's limit, whose largest number means none")
  func memoryVersion1() throws {
    let tree = try CgroupTree(
      membership: "5:memory:/docker/abc\n4:cpu,cpuacct:/\n",
      mounts: UsableCPUsTests.cpuAndAccounting,
      files: [
        "memory/memory.limit_in_bytes": "9223372036854771712\n",
        "memory/docker/abc/memory.limit_in_bytes": "2097152\n",
        "memory/docker/abc/memory.usage_in_bytes": "4096\n",
      ])
    #expect(
      CgroupLimit.memory(root: tree.system.root)
        == CgroupLimit(
          value: 2 << 20, source: "/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes",
          used: 4096))
    let unlimited = try CgroupTree(
      membership: "5:memory:/\n", mounts: UsableCPUsTests.cpuAndAccounting,
      files: ["memory/memory.limit_in_bytes": "9223372036854771712\n"])
    #expect(CgroupLimit.memory(root: unlimited.system.root) == nil)
  }

  @Test("the limits on threads are reported with their current use")
  func threads() throws {
    let tree = try CgroupTree(
      membership: "0::/pod\n", mounts: UsableCPUsTests.unified,
      files: ["pod/pids.max": "64\n", "pod/pids.current": "41\n"])
    try tree.system.write("/proc/sys/kernel/threads-max", Array("1000\n".utf8))
    let text = ThreadSupply.explanation(root: tree.system.root)
    #expect(text.contains("/sys/fs/cgroup/pod/pids.max is 64, 41 are in use"))
    #expect(text.hasSuffix("kernel.threads-max is 1000"))
    let refusal = ThreadSupply.refusal(possible: 1, for: "3 worker threads", advice: "so there")
    #expect(
      refusal.description.hasPrefix(
        "cannot start 3 worker threads: the system allows 1 more thread here ("))
    #expect(refusal.description.hasSuffix("; so there"))
  }

  @Test("the user's limit on threads is not reported if it does not apply to root")
  func threadsOfRoot() throws {
    let limit = ResourceLimit(kind: .threads, soft: 100, hard: nil)
    for (user, map, isNamed) in [
      (1000, "0 0 4294967295\n", true), (0, "         0          0 4294967295\n", false),
      // Root of a container, who is another user outside.
      (0, "0 100000 65536\n", true),
    ] as [(uid_t, String, Bool)] {
      let tree = try CgroupTree(membership: "0::/\n", mounts: UsableCPUsTests.unified, files: [:])
      try tree.system.write("/proc/self/uid_map", Array(map.utf8))
      let text = ThreadSupply.explanation(root: tree.system.root, user: user, limit: limit)
      #expect(text.contains("RLIMIT_NPROC (ulimit -u) is 100") == isNamed, "\(text)")
    }
  }

  @Test("error numbers of limits are explained by the limits, and others are not")
  func errorNumbers() {
    #expect(
      SystemRefusal.limits(behind: EMFILE)?.contains("RLIMIT_NOFILE (ulimit -n) is ")
        ?? false || ResourceLimit.current(.descriptors) == nil)
    #expect(SystemRefusal.limits(behind: ENFILE)?.contains("fs.file-max is ") ?? false)
    #expect(SystemRefusal.limits(behind: ENOMEM) == MemoryLimit.explanation)
    for code in [ENOENT, EACCES, EIO, ENOSPC] {
      #expect(SystemRefusal.limits(behind: code) == nil)
    }
  }

  @Test("threads run their function, or report that they were refused")
  func ownThread() throws {
    let words = (0..<4).map { _ in SharedWord() }
    let threads = words.map { word in OwnThread { word.word.pointee.add(1, ordering: .relaxed) } }
    for thread in threads { try #require(thread).join() }
    for word in words { #expect(word.word.pointee.load(ordering: .relaxed) == 1) }
  }

  @Test("available resources are not refused, and unavailable ones are, with a message")
  func addressSpace() throws {
    try SystemRefusal.requireAddressSpace(1 << 20, for: "a test")
    try SystemRefusal.requireDescriptorsOfDispatch()
    try ThreadSupply.require(3, for: "3 threads")
    #expect(ThreadSupply.allowsDispatch(threads: 2))
    let error = #expect(throws: SystemRefusal.self) {
      try SystemRefusal.requireAddressSpace(1 << 60, for: "a test")
    }
    #expect(
      error?.description.hasPrefix("the system refused 1073741824.0 GiB of memory for a test (")
        == true)
  }

  @Test("address space is kept until it is released")
  func reserve() throws {
    func gibibytes() throws -> Int {
      let words = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
      let pages = try #require(Int(words.prefix { $0 != " " }))
      return pages * Int(getpagesize()) / (1 << 30)
    }
    let before = try gibibytes()
    // More than other tests of this process map meanwhile.
    let reserve = try AddressSpaceReserve(byteCount: 16 << 30, for: "a test")
    #expect(try gibibytes() > before + 8)
    reserve.release()
    #expect(try gibibytes() < before + 8)
    reserve.release()
  }
}
