/// A set of OpenBLAS's kernels for x86-64, and what a CPU needs to run them.
package struct BLASCore: Sendable, Equatable {
  /// How wide the vectors are that a core, or a CPU, computes with.
  package enum Generation: Int, Sendable, Comparable {
    /// 128 bits.
    case sse
    /// 256 bits.
    case avx
    /// 256 bits and fused multiply-add.
    case avx2
    /// 512 bits.
    case avx512

    /// Orders generations by age, the oldest first.
    package static func < (left: Generation, right: Generation) -> Bool {
      left.rawValue < right.rawValue
    }

    /// What a user calls it.
    var name: String {
      switch self {
      case .sse: "SSE"
      case .avx: "AVX"
      case .avx2: "AVX2"
      case .avx512: "AVX-512"
      }
    }
  }

  /// OpenBLAS's name for it.
  package let name: String
  /// The vectors that it computes with.
  package let generation: Generation
  /// The CPU flags without which it stops with an illegal instruction, beyond x86-64 itself.
  package let requirements: [String]

  /// The flags that a CPU lacks, in the order of `requirements`.
  ///
  /// - Parameter features: The CPU's.
  /// - Returns: The missing ones; none where the core can run.
  package func missing(in features: CPUFeatures) -> [String] {
    requirements.filter { !features.flags.contains($0) }
  }

  /// The core of a name, upper and lower case being the same, as for OpenBLAS.
  ///
  /// - Parameter name: The name.
  /// - Returns: The core, or nil for a name that no OpenBLAS 0.3 knows.
  package static func named(_ name: String) -> BLASCore? {
    all.first { $0.name.lowercased() == name.lowercased() }
  }

  /// The best core of those that OpenBLAS's own choice falls back on, for a CPU.
  ///
  /// - Parameter features: The CPU's.
  /// - Returns: SkylakeX, Haswell or Sandybridge; nil where the CPU can run none of them.
  static func best(for features: CPUFeatures) -> BLASCore? {
    ["SkylakeX", "Haswell", "Sandybridge"].compactMap(named).first {
      $0.missing(in: features).isEmpty
    }
  }

  /// The cores of OpenBLAS 0.3 on x86-64, the oldest first.
  ///
  /// The requirements are what the kernels' compiler flags and assembly use. 3DNow! and FMA4 are on
  /// AMD's CPUs of some years only: elsewhere those cores were seen to stop.
  package static let all: [BLASCore] = [
    // 32-bit cores: a 64-bit OpenBLAS takes the names, and runs Prescott.
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
