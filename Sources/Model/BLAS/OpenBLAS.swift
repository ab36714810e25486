import COpenBLAS

/// What the linked OpenBLAS says about itself.
public enum OpenBLAS {
  /// The name of the set of kernels in use, `Haswell` say; other kernels give other bits.
  public static var coreName: String {
    openblas_get_corename().map { String(cString: $0) } ?? "unknown"
  }

  /// The version, `0.3.21` say.
  public static var version: String { version(in: configuration) }

  /// Whether the core is chosen when the process starts, rather than when OpenBLAS was built.
  public static var choosesCoreAtStart: Bool {
    configuration.split(separator: " ").contains("DYNAMIC_ARCH")
  }

  /// The version and build options, as OpenBLAS lists them.
  public static var configuration: String {
    openblas_get_config().map { String(cString: $0) } ?? ""
  }

  /// Finds the version in the configuration.
  ///
  /// - Parameter configuration: `OpenBLAS VERSION OPTION…`.
  /// - Returns: The version, or `unknown`.
  static func version(in configuration: String) -> String {
    let words = configuration.split(separator: " ")
    guard words.count >= 2, words[0] == "OpenBLAS" else { return "unknown" }
    return String(words[1])
  }
}
