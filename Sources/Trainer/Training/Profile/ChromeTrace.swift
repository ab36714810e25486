import Files

/// Writes a profile in the Trace Event Format of Perfetto and chrome://tracing, with one lane per
/// worker.
package enum ChromeTrace {
  /// Writes a profile.
  ///
  /// - Parameters:
  ///   - profile: The profile; no worker may be running.
  ///   - path: The file, replaced atomically.
  /// - Throws: ``FileError`` if it cannot be written.
  package static func write(_ profile: StageProfile, path: String) throws {
    let origin =
      (0..<profile.workerCount).compactMap { profile.events(worker: $0).first?.start }.min() ?? 0
    var text = #"{"displayTimeUnit":"ns","otherData":{"droppedEvents":\#(profile.droppedCount)},"#
    text += #""traceEvents":["#
    text += #"{"name":"process_name","ph":"M","pid":1,"args":{"name":"trainer"}}"#
    for worker in 0..<profile.workerCount {
      text += ",\n" + #"{"name":"thread_name","ph":"M","pid":1,"tid":\#(worker),"#
      text += #""args":{"name":"worker \#(worker)"}}"#
    }
    // Names need no escapes: they consist of fixed words and layer names. Times are microseconds.
    for worker in 0..<profile.workerCount {
      for event in profile.events(worker: worker) {
        text += ",\n" + #"{"name":"\#(profile.names[Int(event.label)])","ph":"X","pid":1,"#
        text += #""tid":\#(worker),"ts":\#(microseconds(event.start - origin)),"#
        text += #""dur":\#(microseconds(event.end - event.start))}"#
      }
    }
    text += "\n]}\n"
    try AtomicFile.replace(path: path) { try $0.write(Array(text.utf8)) }
  }

  private static func microseconds(_ nanoseconds: UInt64) -> String {
    let fraction = String(nanoseconds % 1000)
    return "\(nanoseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}
