import ArgumentParser
import Model

/// Which instruction set the trainer's own kernels use.
enum InstructionSetChoice: String, CaseIterable, NamedChoice {
  case auto, v4, v3, baseline

  static let help = ArgumentHelp(
    "The instruction set of the trainer's own kernels: auto is the best that the CPU has, v4 "
      + "AVX-512, v3 AVX2. Never changes a result.",
    valueName: "set")

  /// Makes the kernels use the set.
  ///
  /// - Throws: `InstructionSetError` if the CPU does not have it.
  func use() throws {
    try InstructionSet(rawValue: rawValue)?.use()
  }
}
