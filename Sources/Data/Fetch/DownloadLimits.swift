import ImageData

/// Limits beyond which a download fails.
struct DownloadLimits: Sendable {
  /// The largest number of bytes.
  ///
  /// No packed file of a known data set is larger, except EMNIST's zip file; a broken mirror must
  /// not fill the disk.
  var bytes = 64 << 20
  /// The largest number of bytes of all headers together, those behind the content included.
  var headerBytes = 1 << 20
  /// The time limit for a file, in seconds.
  var seconds = 2.0 * 60 * 60
  /// The lowest accepted rate in bytes per second, averaged over `window`.
  var leastRate = 1024.0
  /// The window of the average rate, in seconds.
  var window = 60.0
  /// The number of redirections that are followed.
  var redirections = 10
}

extension DownloadLimits {
  /// The limits for the files of a data set.
  ///
  /// - Parameter distribution: How they are offered: a zip file has those of several data sets.
  init(for distribution: Distribution) {
    self.init()
    guard distribution.archive != nil else { return }
    bytes = 1 << 30
    seconds = 24.0 * 60 * 60
  }
}
