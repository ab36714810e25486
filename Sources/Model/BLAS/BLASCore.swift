/// A core of OpenBLAS: a set of kernels for x86-64, with the CPU features that they require.
package struct BLASCore: Sendable, Equatable {
  /// The vector instructions of a core or a CPU.
  package enum Generation: Int, Sendable, Comparable {
    /// Vectors of 128 bits.
    case sse
    /// Vectors of 256 bits.
    case avx
    /// Vectors of 256 bits, and fused multiply-add.
    case avx2
    /// Vectors of 512 bits.
    case avx512

    /// Whether one generation is older than another.
    package static func < (left: Generation, right: Generation) -> Bool {
      left.rawValue < right.rawValue
    }

    /// The usual name, for messages.
    var name: String {
      switch self {
      case .sse: "SSE"
      case .avx: "AVX"
      case .avx2: "AVX2"
      case .avx512: "AVX-512"
      }
    }
  }

  /// OpenBLAS's name of the core.
  package let name: String
  /// The vector instructions that it uses.
  package let generation: Generation
  /// The CPU flags that it requires beyond x86-64; without them it stops with an illegal
  /// instruction.
  package let requirements: [String]

  /// The required flags that a CPU does not have.
  ///
  /// - Parameter features: The features of the CPU.
  /// - Returns: The missing flags in the order of `requirements`; none if the core can run.
  package func missing(in features: CPUFeatures) -> [String] {
    requirements.filter { !features.flags.contains($0) }
  }

  /// The core with a name.
  ///
  /// - Parameter name: The name, in upper or lower case, as for OpenBLAS.
  /// - Returns: The core; nil if OpenBLAS 0.3 has no core of this name.
  package static func named(_ name: String) -> BLASCore? {
    all.first { $0.name.lowercased() == name.lowercased() }
  }

  /// The best core for a CPU, of the three that OpenBLAS itself uses for CPUs that it does not
  /// recognize.
  ///
  /// - Parameter features: The features of the CPU.
  /// - Returns: SkylakeX, Haswell or Sandybridge; nil if the CPU can run none of them.
  static func best(for features: CPUFeatures) -> BLASCore? {
    ["SkylakeX", "Haswell", "Sandybridge"].compactMap(named).first {
      $0.missing(in: features).isEmpty
    }
  }

  /// The cores of OpenBLAS 0.3 on x86-64, the oldest first.
  ///
  /// The requirements follow from the compiler flags and the assembly of the kernels. Only AMD's
  /// CPUs of some years have 3DNow! and FMA4; on other CPUs, the cores that require them were
  /// observed to stop.
  package static let all: [BLASCore] = [
    // Cores of 32 bits: a 64-bit OpenBLAS accepts these names, but uses Prescott.
    BLASCore("Katmai", .sse, "pni"), BLASCore("Coppermine", .sse, "pni"),
    BLASCore("Northwood", .sse, "pni"), BLASCore("Banias", .sse, "pni"),
    BLASCore("Athlon", .sse, "pni"),
    BLASCore("Prescott", .sse, "pni"),
    BLASCore("Opteron", .sse, "3dnow"), BLASCore("Opteron_SSE3", .sse, "3dnow pni"),
    BLASCore("Core2", .sse, "pni ssse3"), BLASCore("Atom", .sse, "pni ssse3"),
    BLASCore("Nano", .sse, "pni ssse3"),
    BLASCore("Penryn", .sse, "pni ssse3 sse4_1"), BLASCore("Dunnington", .sse, "pni ssse3 sse4_1"),
    BLASCore("Barcelona", .sse, "pni"), BLASCore("Bobcat", .sse, "pni ssse3"),
    BLASCore("Nehalem", .sse, "pni ssse3 sse4_1 sse4_2"),
    BLASCore("Sandybridge", .avx, "avx"),
    BLASCore("Bulldozer", .avx, "avx fma4"),
    BLASCore("Piledriver", .avx, "avx fma fma4"), BLASCore("Steamroller", .avx, "avx fma fma4"),
    BLASCore("Excavator", .avx, "avx fma fma4"),
    BLASCore("Haswell", .avx2, "avx avx2 fma"), BLASCore("Zen", .avx2, "avx avx2 fma"),
    BLASCore("SkylakeX", .avx512, skylakeX),
    BLASCore("Cooperlake", .avx512, skylakeX + " avx512_vnni avx512_bf16"),
    BLASCore(
      "SapphireRapids", .avx512,
      skylakeX + " avx512_vnni avx512_bf16 avx512_fp16 amx_tile amx_int8 amx_bf16"),
  ]

  private static let skylakeX =
    "avx avx2 fma bmi1 bmi2 avx512f avx512cd avx512bw avx512dq avx512vl"

  private init(_ name: String, _ generation: Generation, _ requirements: String) {
    self.name = name
    self.generation = generation
    self.requirements = requirements.split(separator: " ").map(String.init)
  }
}
