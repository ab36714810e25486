import Foundation
import TestSupport
import Testing

@testable import Trainer

@Suite("The last-level caches")
struct LastLevelCacheTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func describe(
    cpu: Int, index: Int, level: Int, type: String = "Unified", size: String, sharers: String
  ) throws {
    let path = folder.path("sys/devices/system/cpu/cpu\(cpu)/cache/index\(index)")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (file, text) in [
      ("level", "\(level)"), ("type", type), ("size", size), ("shared_cpu_list", sharers),
    ] {
      try (text + "\n").write(toFile: "\(path)/\(file)", atomically: false, encoding: .utf8)
    }
  }

  private var bytes: Int? { LastLevelCache.bytes(root: folder.path("")) }

  @Test("are added up, each once for all CPUs that share it")
  func shared() throws {
    for cpu in 0..<4 {
      try describe(cpu: cpu, index: 0, level: 2, size: "2048K", sharers: "\(cpu)")
      try describe(cpu: cpu, index: 1, level: 3, size: "32M", sharers: cpu < 2 ? "0-1" : "2-3")
    }
    #expect(bytes == 64 << 20)
  }

  @Test("are those of the highest level that a CPU has, instruction caches left out")
  func privateOnly() throws {
    try describe(cpu: 0, index: 0, level: 1, type: "Data", size: "48K", sharers: "0")
    try describe(cpu: 0, index: 1, level: 3, type: "Instruction", size: "1G", sharers: "0")
    try describe(cpu: 1, index: 0, level: 1, type: "Data", size: "48K", sharers: "1")
    #expect(bytes == 96 << 10)
  }

  @Test(
    "are not known where the kernel does not describe them, or not in a form that is known",
    arguments: ["much", "K", "", "9999999999999999G"])
  func unknown(size: String) throws {
    #expect(bytes == nil)
    try describe(cpu: 0, index: 0, level: 3, size: size, sharers: "0")
    #expect(bytes == nil)
  }
}
