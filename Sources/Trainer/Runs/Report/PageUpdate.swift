/// When the page of a running run was written, and when it is written again.
package struct PageUpdate: Sendable, Equatable {
  /// The time, in UTC.
  package var time: String
  /// The seconds after which the page is written again while steps are computed.
  package var interval: Int

  /// Creates an update.
  ///
  /// - Parameters:
  ///   - time: The time, in UTC.
  ///   - interval: The seconds after which the page is written again.
  package init(time: String, interval: Int) {
    self.time = time
    self.interval = interval
  }
}
