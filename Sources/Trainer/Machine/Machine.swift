import Foundation
import Model
import Parallel

/// The machine that a run uses, for its record: what makes times comparable, and bits.
package struct Machine: Codable, Sendable, Equatable {
  /// The network's name for it.
  package var hostname: String
  /// The distribution, `Debian GNU/Linux 12 (bookworm)` say; nil if it does not tell.
  package var system: String?
  /// The kernel's name and release.
  package var kernel: String
  /// The instruction set, `x86_64` or `aarch64` say.
  package var architecture: String
  /// The processor's name; nil if the kernel gives none.
  package var cpu: String?
  /// The highest level of the instruction set, `x86-64-v4` say; the architecture where it has none.
  package var isa: String
  /// Extensions beyond the level that matter to matrix products.
  package var extensions: [String]
  /// CPUs that the process may use.
  package var cores: Int
  /// CPUs that are online.
  package var onlineCores: Int
  /// Where `cores` comes from.
  package var coresReason: String
  /// The machine's memory, in bytes; nil if the kernel does not say.
  package var memoryTotal: UInt64?
  /// Memory that could be had without swapping, in bytes; nil if the kernel does not say.
  package var memoryAvailable: UInt64?
  /// OpenBLAS's version and core.
  package var openBLAS: MachineBLAS

  enum CodingKeys: String, CodingKey {
    case hostname, system, kernel, architecture, cpu, isa, extensions, cores
    case onlineCores = "online_cores"
    case coresReason = "cores_reason"
    case memoryTotal = "memory_total"
    case memoryAvailable = "memory_available"
    case openBLAS = "openblas"
  }

  /// Puts a description together from what the system says.
  ///
  /// - Parameters:
  ///   - name: What `uname` says.
  ///   - files: The text of the system's files.
  ///   - usable: The CPUs that the process may use.
  ///   - openBLAS: OpenBLAS's version and core.
  init(name: MachineName, files: MachineFiles, usable: UsableCPUs, openBLAS: MachineBLAS) {
    let features = CPUFeatures(cpuInfo: files.cpuInfo ?? "")
    hostname = name.host
    system = files.osRelease.flatMap { MachineFiles.value(of: "PRETTY_NAME", inShell: $0) }
    kernel = "\(name.system) \(name.release)"
    architecture = name.architecture
    cpu = features.modelName
    isa = features.x86Level.map { "x86-64-v\($0)" } ?? name.architecture
    extensions = Self.notableFlags.filter(features.flags.contains)
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
  ///   - blasCore: The OpenBLAS core that the command line names; nil for `auto`.
  /// - Returns: The description; what the system does not tell is left out.
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

/// The OpenBLAS that a run computes with.
package struct MachineBLAS: Codable, Sendable, Equatable {
  /// Its version.
  package var version: String
  /// The set of kernels; another set gives other bits.
  package var core: String
  /// What it was built with: `pthreads`, `OpenMP` or `serial`; nil in older records.
  package var variant: String?
  /// Who chose the core.
  package var chosenBy: BLASCoreOrigin

  enum CodingKeys: String, CodingKey {
    case version, core, variant
    case chosenBy = "chosen_by"
  }
}
