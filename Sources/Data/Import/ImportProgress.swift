import Files
import ImageData

/// Progress of an import.
package enum ImportProgress: Sendable {
  /// Images were read; `total` is nil if their number is not known yet.
  case read(count: Int, total: Int?)
  /// The files are being written.
  case writing
}

/// Ends an import when a signal has asked for it.
enum ImportStop {
  /// Reports progress to the watch over hangs, and throws if a signal was caught.
  ///
  /// - Throws: `DataError` of kind `stopped`.
  static func check() throws(DataError) {
    StopSignals.beat()
    if StopSignals.caught != nil { throw DataError(.stopped, "stopped by a signal") }
  }
}
