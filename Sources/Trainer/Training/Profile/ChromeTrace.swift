import Files

/// Writes a profile in the Trace Event Format of Perfetto and chrome://tracing, with one lane per
/// worker.
package enum ChromeTrace {
  /// The bytes after which a part of the text is written: the whole text could be larger than the
  /// memory that is left.
  private static let chunkSize = 1 << 20

  /// Writes a profile.
  ///
  /// - Parameters:
  ///   - profile: The profile; no worker may be running.
  ///   - path: The file, replaced atomically.
  /// - Throws: ``FileError`` if it cannot be written.
  package static func write(_ profile: StageProfile, path: String) throws {
    let origin =
      (0..<profile.workerCount).compactMap { profile.events(worker: $0).first?.start }.min() ?? 0
    try AtomicFile.replace(path: path) { file in
      var text = head(profile)
      // Names need no escapes: they consist of fixed words and layer names. Times are microseconds.
      for worker in 0..<profile.workerCount {
        for event in profile.events(worker: worker) {
          text += ",\n" + #"{"name":"\#(profile.names[Int(event.label)])","ph":"X","pid":1,"#
          text += #""tid":\#(worker),"ts":\#(microseconds(event.start - origin)),"#
          text += #""dur":\#(microseconds(event.end - event.start))}"#
          guard text.utf8.count >= chunkSize else { continue }
          try file.write(Array(text.utf8))
          text.removeAll(keepingCapacity: true)
        }
      }
      text += "\n]}\n"
      try file.write(Array(text.utf8))
    }
  }

  /// What is before the events: the names of the process and of the lanes.
  private static func head(_ profile: StageProfile) -> String {
    var text = #"{"displayTimeUnit":"ns","otherData":{"droppedEvents":\#(profile.droppedCount)},"#
    text += #""traceEvents":["#
    text += #"{"name":"process_name","ph":"M","pid":1,"args":{"name":"trainer"}}"#
    for worker in 0..<profile.workerCount {
      text += ",\n" + #"{"name":"thread_name","ph":"M","pid":1,"tid":\#(worker),"#
      text += #""args":{"name":"worker \#(worker)"}}"#
    }
    return text
  }

  private static func microseconds(_ nanoseconds: UInt64) -> String {
    let fraction = String(nanoseconds % 1000)
    return "\(nanoseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}
