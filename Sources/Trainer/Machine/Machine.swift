import Model
import Parallel

/// The machine that a run uses, for records.
///
/// It contains what affects the comparability of times, and the bits of results.
package struct Machine: Codable, Sendable, Equatable {
  /// The network name of the machine.
  package var hostname: String
  /// The distribution, for example `Debian GNU/Linux 12 (bookworm)`; nil if unknown.
  package var system: String?
  /// The name and release of the operating system's kernel.
  package var kernel: String
  /// The architecture, for example `x86_64` or `aarch64`.
  package var architecture: String
  /// The name of the processor; nil if unknown.
  package var cpu: String?
  /// The highest level of the instruction set, for example `x86-64-v4`; the architecture if it has
  /// no levels.
  package var isa: String
  /// The extensions beyond the level that affect matrix products.
  package var extensions: [String]
  /// The instruction set that the trainer's own kernels use; nil in older records.
  ///
  /// Another one gives the same bits.
  package var instructionSet: InstructionSet?
  /// The number of CPUs that the process may use.
  package var cores: Int
  /// The number of online CPUs.
  package var onlineCores: Int
  /// An explanation of `cores`.
  package var coresReason: String
  /// The size of the machine's memory in bytes; nil if unknown.
  package var memoryTotal: UInt64?
  /// The memory that is available without swapping, in bytes; nil if unknown.
  package var memoryAvailable: UInt64?
  /// The version and core of OpenBLAS; nil if it is not used.
  ///
  /// Older records have it for every engine.
  package var openBLAS: MachineBLAS?

  enum CodingKeys: String, CodingKey {
    case hostname, system, kernel, architecture, cpu, isa, extensions, cores
    case instructionSet = "instruction_set"
    case onlineCores = "online_cores"
    case coresReason = "cores_reason"
    case memoryTotal = "memory_total"
    case memoryAvailable = "memory_available"
    case openBLAS = "openblas"
  }

  /// Creates a description from information of the system, and the instruction set in use.
  ///
  /// - Parameters:
  ///   - name: The result of `uname`.
  ///   - files: The contents of system files.
  ///   - usable: The CPUs that the process may use.
  ///   - openBLAS: The version and core of OpenBLAS; nil if it is not used.
  init(name: MachineName, files: MachineFiles, usable: UsableCPUs, openBLAS: MachineBLAS?) {
    let features = CPUFeatures(cpuInfo: files.cpuInfo ?? "")
    hostname = name.host
    system = files.osRelease.flatMap { MachineFiles.value(of: "PRETTY_NAME", inShell: $0) }
    kernel = "\(name.system) \(name.release)"
    architecture = name.architecture
    cpu = features.modelName
    isa = features.x86Level.map { "x86-64-v\($0)" } ?? name.architecture
    extensions = Self.notableFlags.filter(features.flags.contains)
    instructionSet = .inUse
    cores = usable.count
    onlineCores = usable.onlineCount
    coresReason = usable.reason
    memoryTotal = files.memInfo.flatMap { MachineFiles.bytes(of: "MemTotal", inMemInfo: $0) }
    memoryAvailable = files.memInfo.flatMap {
      MachineFiles.bytes(of: "MemAvailable", inMemInfo: $0)
    }
    self.openBLAS = openBLAS
  }

  /// Describes this machine and process.
  ///
  /// - Parameters:
  ///   - usable: The CPUs that the process may use.
  ///   - openBLAS: The version and core of OpenBLAS; nil if it is not used.
  /// - Returns: The description; unknown values are left out.
  package static func current(
    usable: UsableCPUs = .current(), openBLAS: MachineBLAS? = nil
  ) -> Machine {
    Machine(name: .current(), files: .current(), usable: usable, openBLAS: openBLAS)
  }

  private static let notableFlags = [
    "avx_vnni", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_int8", "amx_bf16",
    "asimd", "asimddp", "bf16", "i8mm", "sve", "sve2", "sme",
  ]
}
