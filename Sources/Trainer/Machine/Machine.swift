import Files
import Foundation
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
  /// The version and core of OpenBLAS.
  package var openBLAS: MachineBLAS

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
  ///   - openBLAS: The version and core of OpenBLAS.
  init(name: MachineName, files: MachineFiles, usable: UsableCPUs, openBLAS: MachineBLAS) {
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
  ///   - blasCore: The OpenBLAS core that was asked for; nil for `auto`.
  /// - Returns: The description; unknown values are left out.
  package static func current(
    usable: UsableCPUs = .current(), blasCore: String? = nil
  ) -> Machine {
    Machine(
      name: .current(), files: .current(), usable: usable,
      openBLAS: MachineBLAS(
        version: OpenBLAS.version, core: OpenBLAS.coreName, variant: OpenBLAS.variant,
        chosenBy: BLASCoreSelection.current().origin(option: blasCore)))
  }

  private static let notableFlags = [
    "avx_vnni", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_int8", "amx_bf16",
    "asimd", "asimddp", "bf16", "i8mm", "sve", "sve2", "sme",
  ]
}

/// The OpenBLAS library that a run uses.
package struct MachineBLAS: Codable, Sendable, Equatable {
  /// The version.
  package var version: String
  /// The core: the kernels for one CPU architecture.
  ///
  /// Another core gives different bits.
  package var core: String
  /// The threading of the build: `pthreads`, `OpenMP` or `serial`; nil in older records.
  package var variant: String?
  /// The origin of the choice of the core.
  package var chosenBy: BLASCoreOrigin

  enum CodingKeys: String, CodingKey {
    case version, core, variant
    case chosenBy = "chosen_by"
  }
}

extension BLASCoreOrigin {
  /// The origin of the choice of OpenBLAS's core, in words.
  package var explanation: Message {
    switch self {
    case .automatic: "OpenBLAS's own choice"
    case .corrected: "the trainer's choice: OpenBLAS does not know this CPU"
    case .option: "chosen with \(setting: "blas-core")"
    case .environment: "chosen with \(BLASCoreSelection.variable)"
    }
  }
}
