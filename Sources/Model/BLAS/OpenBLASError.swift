/// OpenBLAS could not be loaded.
package struct OpenBLASError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The kind of a failure.
  package enum Kind: Sendable {
    /// The library is not installed.
    case notFound
    /// The library was found, but cannot be used.
    case unusable
  }

  /// The kind of the failure.
  package let kind: Kind
  /// The message of the dynamic loader.
  package let reason: String

  /// The error in one line.
  package var description: String {
    switch kind {
    case .notFound:
      "OpenBLAS was not found: \(reason); on Debian and Ubuntu, install it with: "
        + "apt install libopenblas0"
    case .unusable: "OpenBLAS cannot be used: \(reason)"
    }
  }
}
