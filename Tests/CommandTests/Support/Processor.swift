import Foundation

/// What this machine's CPU can do, as far as the tests have to know.
enum Processor {
  /// Whether OpenBLAS's Haswell core runs here.
  static let runsHaswell: Bool = {
    guard let text = FileManager.default.contents(atPath: "/proc/cpuinfo"),
      let flags = String(decoding: text, as: UTF8.self).split(separator: "\n").first(where: {
        $0.hasPrefix("flags")
      })
    else { return false }
    return Set(["avx2", "fma"]).isSubset(of: flags.split(separator: " ").map(String.init))
  }()

  /// The values of `OPENBLAS_CORETYPE` to test with; nil leaves it unset.
  static let blasCores: [String?] = runsHaswell ? [nil, "Haswell"] : [nil]
}
