import CKernels

/// An instruction set that the C kernels are compiled for.
///
/// All of them give the same bits. Elsewhere than on x86-64 there is the baseline alone.
package enum InstructionSet: String, CaseIterable, Sendable, Codable {
  /// The instructions that every CPU of the architecture has.
  case baseline
  /// The level x86-64-v3: AVX2 with fused multiply-add.
  case v3
  /// The level x86-64-v4: AVX-512.
  case v4

  #if arch(x86_64)
    private static let runsOnX86 = true
  #else
    private static let runsOnX86 = false
  #endif

  private var kernels: instruction_set {
    switch self {
    case .baseline: INSTRUCTION_SET_BASELINE
    case .v3: INSTRUCTION_SET_V3
    case .v4: INSTRUCTION_SET_V4
    }
  }

  /// The level of x86-64 that has the set.
  private var x86Level: Int {
    switch self {
    case .baseline: 1
    case .v3: 3
    case .v4: 4
    }
  }

  /// The set that the kernels use: the best one that the CPU has, unless another was chosen.
  package static var inUse: InstructionSet {
    let kernels = kernels_in_use()
    return allCases.first { $0.kernels == kernels } ?? .baseline
  }

  /// The sets that this CPU has, the best one last.
  package static var supported: [InstructionSet] {
    allCases.filter { kernels_supported($0.kernels) }
  }

  /// Makes the kernels use the set, on all threads from now on.
  ///
  /// - Throws: ``InstructionSetError`` if this CPU does not have the set.
  package func use() throws(InstructionSetError) {
    var features: CPUFeatures?
    if case .success(let current) = Result(catching: CPUFeatures.current) { features = current }
    try require(of: features, isX86: Self.runsOnX86)
    guard kernels_use(kernels) else { throw .unsupported(self, missing: []) }
  }

  /// Checks whether a CPU has the set.
  ///
  /// - Parameters:
  ///   - features: The features of the CPU; nil if they are not known, and not checked.
  ///   - isX86: Whether the CPU is an x86-64 CPU.
  /// - Throws: ``InstructionSetError`` if it does not have the set.
  func require(of features: CPUFeatures?, isX86: Bool) throws(InstructionSetError) {
    if self == .baseline { return }
    guard isX86 else { throw .otherArchitecture(self) }
    if let missing = features?.missing(forX86Level: x86Level), !missing.isEmpty {
      throw .unsupported(self, missing: missing)
    }
  }
}
