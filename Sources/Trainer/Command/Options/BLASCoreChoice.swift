import ArgumentParser
import Model

/// Which of OpenBLAS's sets of kernels, which it calls cores, computes.
struct BLASCoreChoice {
  static let help = ArgumentHelp(
    "OpenBLAS's kernels: auto, or those of a CPU architecture, for example Haswell. Other kernels "
      + "give results that differ in the last bits.",
    valueName: "name")
  static let completion = CompletionKind.list([standard] + BLASCore.all.map(\.name))
  /// The choice of OpenBLAS itself.
  static let standard = "auto"

  /// The core's name; nil for `auto`.
  let name: String?

  /// Takes the value of the option.
  init(_ option: String) {
    name = option.lowercased() == Self.standard ? nil : option
  }

  /// Loads OpenBLAS with the requested core, and prints warnings and notes about it.
  ///
  /// - Parameter isQuiet: Whether only warnings are printed.
  /// - Throws: `BLASCoreError`, `OpenBLASError` or `SystemRefusal`.
  func load(isQuiet: Bool) throws {
    let selection = try BLASCoreSelection.load(option: name)
    if let warning = selection.warning(option: name) { Console.warning(warning.asTyped) }
    if !isQuiet && selection.origin(option: name) == .corrected {
      Console.note(
        "OpenBLAS \(OpenBLAS.version) does not know this CPU; using its kernels for "
          + OpenBLAS.coreName)
    }
  }
}
