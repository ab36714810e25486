/// The version of the trainer, as in records.
package enum TrainerVersion {
  /// The current version.
  package static let current = "0.1.0"
}
