import Testing

@testable import Parallel

/// The files of a machine's cgroups.
struct CgroupTree {
  let system: SystemTree

  /// Makes the files.
  ///
  /// - Parameters:
  ///   - membership: /proc/self/cgroup.
  ///   - mounts: /proc/self/mountinfo.
  ///   - files: Content by path below /sys/fs/cgroup.
  /// - Throws: What the file system says.
  init(membership: String, mounts: String, files: [String: String] = [:]) throws {
    system = try SystemTree([
      "/proc/self/cgroup": membership, "/proc/self/mountinfo": mounts,
    ])
    for (path, content) in files {
      try system.write("/sys/fs/cgroup/" + path, Array(content.utf8))
    }
  }

  var quota: CgroupCPUQuota { .read(root: system.root) }
}

@Suite("The CPUs a process may use")
struct UsableCPUsTests {
  static let unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
  static let cpuAndAccounting =
    "31 23 0:27 / /sys/fs/cgroup rw - tmpfs tmpfs ro\n"
    + "33 31 0:29 / /sys/fs/cgroup/memory rw shared:6 - cgroup cgroup rw,memory\n"
    + "32 31 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:5 - cgroup cgroup rw,cpu,cpuacct\n"

  @Test("version 2: the smallest quota of the process's cgroup and its ancestors counts")
  func version2() throws {
    let tree = try CgroupTree(
      membership: "0::/slurm/job/step\n", mounts: Self.unified,
      files: [
        "slurm/cpu.max": "800000 100000\n", "slurm/job/cpu.max": "250000 100000\n",
        "slurm/job/step/cpu.max": "max 100000\n", "other/cpu.max": "1000 100000\n",
      ])
    #expect(
      tree.quota == CgroupCPUQuota(cpus: 2.5, source: "/sys/fs/cgroup/slurm/job/cpu.max"))
    let usable = UsableCPUs.current(root: tree.system.root)
    #expect(usable.quota == 2.5)
    #expect(usable.count == min(3, usable.affinityCount))
  }

  @Test("version 2: `max` everywhere means no quota, and so do missing files")
  func version2Unlimited() throws {
    let tree = try CgroupTree(
      membership: "0::/a/b\n", mounts: Self.unified, files: ["a/b/cpu.max": "max 100000\n"])
    #expect(tree.quota == CgroupCPUQuota())
    #expect(try CgroupTree(membership: "0::/a\n", mounts: Self.unified).quota == CgroupCPUQuota())
  }

  @Test("version 1: the quota of the cpu controller, and -1 for none")
  func version1() throws {
    let membership = "5:memory:/m\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/\n"
    let tree = try CgroupTree(
      membership: membership, mounts: Self.cpuAndAccounting,
      files: [
        "cpu,cpuacct/cpu.cfs_quota_us": "-1\n", "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        "cpu,cpuacct/docker/cpu.cfs_quota_us": "60000\n",
        "cpu,cpuacct/docker/cpu.cfs_period_us": "50000\n",
        "cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "-1\n",
        "cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000\n",
        "memory/m/cpu.cfs_quota_us": "1\n", "memory/m/cpu.cfs_period_us": "100000\n",
      ])
    #expect(
      tree.quota
        == CgroupCPUQuota(cpus: 1.2, source: "/sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_quota_us"))
  }

  @Test("both versions mounted: the smaller quota counts")
  func hybrid() throws {
    let mounts =
      Self.cpuAndAccounting + "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
    let version1 = [
      "cpu,cpuacct/j/cpu.cfs_quota_us": "400000", "cpu,cpuacct/j/cpu.cfs_period_us": "100000",
    ]
    let membership = "4:cpu,cpuacct:/j\n0::/j\n"
    let without = try CgroupTree(membership: membership, mounts: mounts, files: version1)
    #expect(without.quota.cpus == 4)
    let both = try CgroupTree(
      membership: membership, mounts: mounts,
      files: version1.merging(["unified/j/cpu.max": "300000 100000"]) { $1 })
    #expect(both.quota == CgroupCPUQuota(cpus: 3, source: "/sys/fs/cgroup/unified/j/cpu.max"))
  }

  @Test("in a container, the mounted part of the hierarchy is read")
  func container() throws {
    let mounts =
      "32 31 0:28 /docker/abc /sys/fs/cgroup/my\\040cpu rw - cgroup cgroup rw,cpu\n"
    let files = [
      "my cpu/cpu.cfs_quota_us": "150000", "my cpu/cpu.cfs_period_us": "100000",
      "my cpu/in/cpu.cfs_quota_us": "50000", "my cpu/in/cpu.cfs_period_us": "100000",
    ]
    for (path, cpus) in [
      ("/docker/abc", 1.5), ("/docker/abc/in", 0.5), ("/docker/abcd", 1.5), ("/else", 1.5),
      ("/docker/abc/../in", 1.5),
    ] {
      let tree = try CgroupTree(membership: "4:cpu:\(path)\n", mounts: mounts, files: files)
      #expect(tree.quota.cpus == cpus, "\(path)")
    }
  }

  @Test("a machine without cgroups has no quota, and nothing is ignored")
  func noCgroups() throws {
    #expect(try CgroupTree(membership: "", mounts: "").quota == CgroupCPUQuota())
    #expect(CgroupCPUQuota.read(root: "/nowhere-at-all") == CgroupCPUQuota())
  }

  @Test(
    "a version 2 file that makes no sense is ignored, and said to be; its ancestors still count",
    arguments: [
      "", "abc 100000", "100000 0", "100000 -5", "0 100000", "-1 100000", "100000 100000 1",
      "1e5 100000", "99999999999999999999 100000", "max abc",
    ])
  func malformedVersion2(content: String) throws {
    let tree = try CgroupTree(
      membership: "0::/a\n", mounts: Self.unified,
      files: ["a/cpu.max": content, "cpu.max": "200000 100000"])
    let quota = tree.quota
    #expect(quota.cpus == 2)
    #expect(quota.source == "/sys/fs/cgroup/cpu.max")
    #expect(
      quota.ignored == [
        "/sys/fs/cgroup/a/cpu.max: found `\(content)`, expected `max` or a quota, then a period, "
          + "in microseconds"
      ])
    let usable = UsableCPUs(affinity: Array(0..<8), onlineCount: 8, quota: quota)
    #expect(usable.reason.contains("ignored /sys/fs/cgroup/a/cpu.max: found `\(content)`"))
  }

  @Test("invalid version 1 files are ignored and reported")
  func malformedVersion1() throws {
    let period = "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us"
    let quota = "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us"
    for (quotaText, periodText, message) in [
      ("x", "100000", "\(quota): found `x`"), ("0", "100000", "\(quota): found `0`"),
      ("50000", "0", "\(period): found `0`"), ("50000", "", "\(period): found ``"),
      ("50000", nil, "\(period): found `no such file`"),
    ] {
      var files = ["cpu,cpuacct/cpu.cfs_quota_us": quotaText]
      files["cpu,cpuacct/cpu.cfs_period_us"] = periodText
      let tree = try CgroupTree(
        membership: "4:cpu,cpuacct:/\n", mounts: Self.cpuAndAccounting, files: files)
      #expect(tree.quota.cpus == nil)
      #expect(tree.quota.ignored.count == 1)
      #expect(tree.quota.ignored.first?.hasPrefix(message) == true)
    }
  }

  @Test("an invalid membership line is ignored and reported")
  func malformedMembership() throws {
    let tree = try CgroupTree(
      membership: "nonsense\n0::/a\n", mounts: Self.unified + "more nonsense\n",
      files: ["a/cpu.max": "100000 100000"])
    #expect(tree.quota.cpus == 1)
    #expect(tree.quota.ignored.count == 1)
    #expect(tree.quota.ignored.first?.contains("`nonsense`") == true)
  }

  @Test("a file that is not text is ignored and reported")
  func binary() throws {
    let tree = try CgroupTree(membership: "0::/\n", mounts: Self.unified)
    try tree.system.write("/sys/fs/cgroup/cpu.max", [0xFF, 0xFE])
    #expect(tree.quota.ignored.first?.contains("found `2 bytes`, expected text") == true)
  }

  @Test(
    "the count is the least of mask and quota, a quota rounded up and never under 1",
    arguments: [
      (nil, 4, 4, "all online CPUs"), (nil, 3, 3, "affinity mask allows 3 of 4 online CPUs"),
      (0.01, 4, 1, "CPU quota of 0.01 in f, rounded up; the affinity mask allows 4 of 4"),
      (2.0, 4, 2, "CPU quota of 2.0 in f; the affinity mask"),
      (2.1, 4, 3, "CPU quota of 2.1 in f, rounded up"), (2.1, 2, 2, "affinity mask allows 2 of 4"),
      (1e300, 4, 4, "all online CPUs"),
    ] as [(Double?, Int, Int, String)])
  func count(quota: Double?, affinity: Int, count: Int, reason: String) {
    let usable = UsableCPUs(
      affinity: Array(0..<affinity), onlineCount: 4,
      quota: CgroupCPUQuota(cpus: quota, source: quota == nil ? nil : "f"))
    #expect(usable.count == count)
    #expect(usable.reason.hasPrefix(reason), "\(usable.reason)")
  }

  @Test("if the mask cannot be read, the online CPUs are used, and this is reported")
  func unreadableMask() {
    let usable = UsableCPUs(
      affinity: nil, onlineCount: 6, quota: CgroupCPUQuota(), ignored: ["affinity mask: no"])
    #expect(usable.count == 6)
    #expect(usable.cpus == Array(0..<6))
    #expect(usable.reason == "all online CPUs; ignored affinity mask: no")
  }

  @Test("this machine has usable CPUs, no more than are online, and all files can be parsed")
  func thisMachine() {
    let usable = UsableCPUs.current()
    #expect(usable.count >= 1)
    #expect(usable.count <= usable.affinityCount)
    #expect(usable.affinityCount == usable.cpus.count)
    #expect(usable.affinityCount <= usable.onlineCount)
    #expect(usable.ignored.isEmpty)
  }
}
