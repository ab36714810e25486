import Testing

@testable import Model

@Suite("The choice of the kernels' instruction set")
struct InstructionSetTests {
  private static func features(_ flags: String) -> CPUFeatures { CPUFeatures(cpuInfo: flags) }

  @Test("accepts what the CPU has")
  func accepted() throws {
    try InstructionSet.v4.require(of: Self.features(BLASCoreTests.avx512), isX86: true)
    try InstructionSet.v3.require(of: Self.features(BLASCoreTests.avx512), isX86: true)
    try InstructionSet.v3.require(of: Self.features(BLASCoreTests.avx2), isX86: true)
    try InstructionSet.baseline.require(of: Self.features("flags: lm sse2"), isX86: true)
    try InstructionSet.baseline.require(of: Self.features("Features: asimd"), isX86: false)
    // The kernels themselves then ask the CPU.
    try InstructionSet.v4.require(of: nil, isX86: true)
  }

  @Test(
    "refuses a set that the CPU lacks, and names the set and the flags",
    arguments: [
      (
        InstructionSet.v4, BLASCoreTests.avx2,
        ["avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"]
      ),
      (.v4, BLASCoreTests.avx512.replacing(" avx512dq", with: ""), ["avx512dq"]),
      (
        .v3, BLASCoreTests.baseline,
        ["abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"]
      ),
      (.v3, BLASCoreTests.avx512.replacing(" movbe", with: ""), ["movbe"]),
    ])
  func refused(set: InstructionSet, flags: String, missing: [String]) {
    let error = #expect(throws: InstructionSetError.unsupported(set, missing: missing)) {
      try set.require(of: Self.features(flags), isX86: true)
    }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("`isa` \(set.rawValue): this CPU lacks \(missing[0])"), "\(text)")
    for flag in missing { #expect(text.contains(flag)) }
  }

  @Test("refuses all but the baseline on other CPUs", arguments: [InstructionSet.v3, .v4])
  func otherArchitecture(set: InstructionSet) {
    let error = #expect(throws: InstructionSetError.otherArchitecture(set)) {
      try set.require(of: Self.features("Features: asimd"), isX86: false)
    }
    #expect(error?.description.contains("expected auto or baseline") == true)
  }

  @Test("has the sets that this CPU's flags say it has")
  func supported() throws {
    let level = try CPUFeatures.current().x86Level ?? 1
    #expect(
      InstructionSet.supported == [.baseline] + (level >= 3 ? [.v3] : [])
        + (level >= 4 ? [.v4] : []))
    #expect(InstructionSet.supported.contains(.inUse))
  }
}
