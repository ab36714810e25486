import Files
import Foundation
import Glibc
import Testing

@testable import Model

@Suite("The choice of OpenBLAS's core")
struct BLASCoreTests {
  static let baseline = "flags\t\t: lm sse sse2 cx16 lahf_lm popcnt pni ssse3 sse4_1 sse4_2"
  static let avx = baseline + " avx"
  static let avx2 = avx + " avx2 fma bmi1 bmi2 f16c abm movbe"
  static let avx512 = avx2 + " avx512f avx512cd avx512bw avx512dq avx512vl"

  static func selection(
    active: String, flags: String? = avx512, environment: String? = nil,
    choice: OpenBLAS.Choice? = nil, isDynamic: Bool = true, isX86: Bool = true
  ) -> BLASCoreSelection {
    BLASCoreSelection(
      active: active, environment: environment, choice: choice,
      features: flags.map { CPUFeatures(cpuInfo: $0) }, isDynamic: isDynamic, isX86: isX86)
  }

  @Test(
    "a CPU that OpenBLAS does not know gets the core that suits it",
    arguments: [
      ("Prescott", avx512, "SkylakeX"), ("Nehalem", avx512, "SkylakeX"),
      ("Prescott", avx2, "Haswell"), ("Core2", avx2, "Haswell"),
      ("Prescott", avx2 + " avx512f avx512cd avx512bw avx512dq", "Haswell"),
    ])
  func unknownCPU(active: String, flags: String, core: String) throws {
    let selection = Self.selection(active: active, flags: flags)
    #expect(selection.correction == core)
    #expect(selection.origin(option: nil) == .automatic)
    #expect(selection.warning(option: nil) == nil)
  }

  @Test("OpenBLAS's own choice stands where it has AVX, or the CPU no AVX2, or is not understood")
  func ownChoice() throws {
    let kept = [
      Self.selection(active: "SkylakeX"), Self.selection(active: "Haswell"),
      Self.selection(active: "Sandybridge"), Self.selection(active: "Zen", flags: Self.avx2),
      Self.selection(active: "Prescott", flags: Self.avx),
      Self.selection(active: "Nehalem", flags: Self.baseline),
      Self.selection(active: "Prescott", flags: nil),
      Self.selection(active: "Prescott", isDynamic: false),
      Self.selection(active: "GraniteRapids"),
      Self.selection(active: "neoversen1", flags: "Features : fp asimd", isX86: false),
    ]
    for selection in kept {
      #expect(selection.correction == nil, "\(selection)")
      #expect(selection.warning(option: nil) == nil)
      #expect(selection.origin(option: nil) == .automatic)
    }
  }

  @Test("a variable that is set, even to nothing, is never overridden unasked")
  func variable() throws {
    for value in ["Prescott", "Haswell", ""] {
      let selection = Self.selection(active: "Prescott", environment: value)
      #expect(selection.correction == nil)
      #expect(selection.origin(option: nil) == .environment)
      #expect(selection.origin(option: "Prescott") == .option)
    }
  }

  @Test("a name on the command line wins over the variable, in upper or lower case")
  func option() throws {
    let features = CPUFeatures(cpuInfo: Self.avx512)
    #expect(try BLASCoreSelection.checked("haswell", features: features, isX86: true) == "Haswell")
    #expect(try BLASCoreSelection.checked("ZEN", features: nil, isX86: true) == "Zen")
    let selection = Self.selection(active: "Haswell", environment: "SkylakeX")
    #expect(selection.origin(option: "haswell") == .option)
  }

  @Test("an unknown name is refused with the names that are known")
  func unknownName() throws {
    for name in ["Skylake", "", "Has well"] {
      let error = #expect(throws: BLASCoreError.unknownName(name)) {
        try BLASCoreSelection.checked(
          name, features: CPUFeatures(cpuInfo: Self.avx512), isX86: true)
      }
      let description = try #require(error).description
      for core in BLASCore.all { #expect(description.contains(core.name)) }
    }
  }

  @Test(
    "a core that would stop with an illegal instruction is refused, and says what is missing",
    arguments: [
      ("SkylakeX", avx2, ["avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"]),
      ("Haswell", avx, ["avx2", "fma"]), ("Zen", avx, ["avx2", "fma"]),
      ("Sandybridge", baseline, ["avx"]), ("Opteron", avx512, ["3dnow"]),
      ("Bulldozer", avx512, ["fma4"]), ("Excavator", avx512, ["fma4"]),
      ("Cooperlake", avx512 + " avx512_vnni", ["avx512_bf16"]),
      (
        "SapphireRapids", avx512 + " avx512_vnni avx512_bf16",
        ["avx512_fp16", "amx_tile", "amx_int8", "amx_bf16"]
      ),
    ])
  func missingInstructions(core: String, flags: String, missing: [String]) {
    #expect(throws: BLASCoreError.missingInstructions(core: core, flags: missing)) {
      try BLASCoreSelection.checked(core, features: CPUFeatures(cpuInfo: flags), isX86: true)
    }
  }

  @Test("the names of other processors' cores are left to OpenBLAS to judge")
  func otherArchitecture() throws {
    let features = CPUFeatures(cpuInfo: "Features : fp asimd")
    #expect(
      try BLASCoreSelection.checked("NEOVERSEN1", features: features, isX86: false)
        == "NEOVERSEN1")
  }

  @Test("a core is corrected once, and one that OpenBLAS does not take is warned of")
  func loadedCore() throws {
    let corrected = Self.selection(
      active: "Prescott", environment: "SkylakeX",
      choice: OpenBLAS.Choice(core: "SkylakeX", origin: .corrected))
    #expect(corrected.correction == nil)
    #expect(corrected.origin(option: nil) == .corrected)
    #expect(
      corrected.warning(option: nil)?.description
        .contains("Prescott although the core SkylakeX") == true)

    let asked = Self.selection(
      active: "SkylakeX", environment: "Cooperlake",
      choice: OpenBLAS.Choice(core: "Cooperlake", origin: .option))
    let flags = Self.avx512 + " avx512_vnni avx512_bf16"
    let capable = Self.selection(
      active: asked.active, flags: flags, environment: asked.environment, choice: asked.choice)
    #expect(capable.origin(option: "Cooperlake") == .option)
    #expect(
      capable.warning(option: "Cooperlake")?.description.contains(
        "SkylakeX although `blas-core` Cooperlake requests another") == true)
  }

  @Test("a forced core that is older than the CPU is warned of, by the name of what forced it")
  func olderCore() throws {
    let byVariable = Self.selection(active: "Haswell", environment: "Haswell")
    let variable = try #require(byVariable.warning(option: nil)?.description)
    for part in ["OPENBLAS_CORETYPE=Haswell", "AVX2", "AVX-512", "SkylakeX"] {
      #expect(variable.contains(part))
    }
    let byOption = Self.selection(
      active: "Sandybridge", flags: Self.avx2, environment: "Sandybridge",
      choice: OpenBLAS.Choice(core: "Sandybridge", origin: .option))
    let option = try #require(byOption.warning(option: "sandybridge")?.description)
    for part in ["`blas-core` sandybridge", "AVX", "AVX2", "Haswell"] {
      #expect(option.contains(part))
    }
    #expect(
      Self.selection(active: "Zen", flags: Self.avx2, environment: "zen")
        .warning(option: nil) == nil)
    #expect(
      Self.selection(active: "SkylakeX", environment: "SkylakeX")
        .warning(option: nil) == nil)
    #expect(Self.selection(active: "SkylakeX", environment: "").warning(option: nil) == nil)
    #expect(
      Self.selection(active: "Haswell", environment: "Haswel").warning(option: nil)?.description
        .contains("OPENBLAS_CORETYPE=Haswel requests another") == true)
    #expect(
      Self.selection(active: "Haswell", environment: "Zen", isDynamic: false)
        .warning(option: nil)?.description.contains("built for one core only") == true)
  }

  @Test("every core is found by its name, and the CPU's own generation decides the best")
  func table() {
    #expect(Set(BLASCore.all.map { $0.name.lowercased() }).count == BLASCore.all.count)
    for core in BLASCore.all { #expect(BLASCore.named(core.name.uppercased()) == core) }
    let best = [Self.baseline, Self.avx, Self.avx2, Self.avx512].map {
      BLASCore.best(for: CPUFeatures(cpuInfo: $0))?.name
    }
    #expect(best == [nil, "Sandybridge", "Haswell", "SkylakeX"])
  }

  @Test("OpenBLAS tells its version, variant and core, and the core can run here")
  func loaded() throws {
    try OpenBLAS.load()
    #expect(["pthreads", "OpenMP", "serial"].contains(OpenBLAS.variant))
    #expect(OpenBLAS.version.split(separator: ".").count >= 3)
    #expect(OpenBLAS.version(in: "OpenBLAS 0.3.21 NO_LAPACKE Haswell") == "0.3.21")
    #expect(OpenBLAS.version(in: "") == "unknown")
    #if arch(x86_64)
      let core = try #require(BLASCore.named(OpenBLAS.coreName))
      #expect(core.missing(in: try CPUFeatures.current()).isEmpty)
    #endif
    #expect(BLASCoreSelection.current().active == OpenBLAS.coreName)
  }

  @Test("OpenBLAS is loaded for one thread, and the environment stays the user's")
  func threads() throws {
    try OpenBLAS.load()
    // What the process was started with: another test may be loading the library before this one.
    let started = try Data(contentsOf: URL(filePath: "/proc/self/environ")).split(separator: 0)
      .map { String(decoding: $0, as: UTF8.self) }
    for name in ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_CORETYPE"] {
      let value = started.first { $0.hasPrefix(name + "=") }?.dropFirst(name.count + 1)
      #expect(ProcessInfo.processInfo.environment[name] == value.map(String.init))
    }
    let library = try #require(dlopen("libopenblas.so.0", RTLD_NOW | RTLD_NOLOAD))
    defer { dlclose(library) }
    let symbol = try #require(dlsym(library, "openblas_get_num_threads"))
    let threadCount = unsafeBitCast(symbol, to: (@convention(c) () -> Int32).self)
    #expect(threadCount() == 1)
  }

  @Test("a missing library is told with the package that has it")
  func missing() {
    let error = OpenBLASError(kind: .notFound, reason: "libopenblas.so.0: No such file")
    #expect(error.description.contains("apt install libopenblas0"))
  }
}

@Suite("The processor's description")
struct CPUFeaturesTests {
  @Test(
    "the level of x86-64 is the highest whose flags are all there",
    arguments: [
      ("flags : lm sse2", 1), (BLASCoreTests.baseline, 2), (BLASCoreTests.avx, 2),
      (BLASCoreTests.avx2, 3), (BLASCoreTests.avx512, 4),
      (BLASCoreTests.avx512.replacing(" movbe", with: ""), 2),
    ])
  func level(flags: String, level: Int) {
    #expect(CPUFeatures(cpuInfo: flags).x86Level == level)
  }

  @Test("a flag counts that every CPU has")
  func hybrid() {
    let text = "model name\t: A\nflags\t\t: lm avx avx2\n\nmodel name\t: B\nflags\t\t: lm avx\n"
    let features = CPUFeatures(cpuInfo: text)
    #expect(features.flags == ["lm", "avx"])
    #expect(features.modelName == "A")
  }

  @Test("an ARM processor has features, no level, and a number for a name")
  func arm() {
    let text = "Features\t: fp asimd sve\nCPU implementer\t: 0x41\nCPU part\t: 0xd40\n"
    let features = CPUFeatures(cpuInfo: text)
    #expect(features.flags == ["fp", "asimd", "sve"])
    #expect(features.x86Level == nil)
    #expect(features.modelName == "implementer 0x41, part 0xd40")
  }

  @Test("an empty description has no flags and no name")
  func empty() {
    let features = CPUFeatures(cpuInfo: "")
    #expect(features.flags.isEmpty)
    #expect(features.modelName == nil)
  }
}
