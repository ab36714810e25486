/// The version that records and `--version` name.
package enum TrainerVersion {
  /// The present version.
  package static let current = "0.1.0"
}
