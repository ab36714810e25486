/// The version that records and `--version` name.
public enum TrainerVersion {
  /// The present version.
  public static let current = "0.1.0"
}
