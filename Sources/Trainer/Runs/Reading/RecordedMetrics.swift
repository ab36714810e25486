import Files
import Foundation
import Training

/// The content of a run's `metrics.jsonl`.
package struct RecordedMetrics: Sendable, Equatable {
  /// The valid lines of epochs: if a resumed run repeated an epoch, its latest line.
  package private(set) var epochs: [RecordedEpoch] = []
  /// The step of the last line that contains one.
  package private(set) var step = 0
  /// The last line; nil if the run has not ended, or was resumed after it.
  package private(set) var end: RecordedEnd?

  private static let sizeLimit = 1 << 30
  // Decoding takes some twenty times the size of the text.
  private static let longestLine = 1 << 20

  /// Reads a run's metrics.
  ///
  /// - Parameter directory: The run directory.
  /// - Returns: The metrics; nil if there is no `metrics.jsonl`, or it has no complete line.
  /// - Throws: ``TrainerError`` that names the file, the line, the field, what was found and what
  ///   was expected; ``FileError`` if the file cannot be read.
  package static func read(directory: String) throws -> RecordedMetrics? {
    let path = RunPaths(directory: directory).metrics
    guard let bytes = try RecordedFile.bytes(path: path, limit: sizeLimit) else { return nil }
    return try RecordedMetrics(bytes, place: path)
  }

  /// Metrics without a line.
  init() {}

  /// Decodes the lines of a file; nil if it has no complete line.
  ///
  /// A last line without a line break is ignored: the run was killed while it wrote the line.
  ///
  /// - Parameters:
  ///   - bytes: The file's bytes.
  ///   - place: The file's name for messages.
  /// - Throws: ``TrainerError`` that names the line, the field, what was found and what was
  ///   expected.
  init?(_ bytes: some RandomAccessCollection<UInt8>, place: String) throws {
    var number = 0
    _ = try add(lines: bytes, after: &number, place: place)
    if number == 0 { return nil }
  }

  /// Adds the next lines, one after the other: no list of them is made, which for many short ones
  /// would take far more memory than the file.
  ///
  /// - Parameters:
  ///   - bytes: The lines. What follows the last line feed is ignored.
  ///   - number: The number of lines before; the lines are added to it.
  ///   - place: The file's name for messages.
  /// - Returns: The last line, without its line feed; nil if there is none.
  /// - Throws: As ``add(_:place:)``.
  mutating func add<Bytes: RandomAccessCollection<UInt8>>(
    lines bytes: Bytes, after number: inout Int, place: String
  ) throws -> Bytes.SubSequence? {
    var last: Bytes.SubSequence?
    var rest = bytes[...]
    while let end = rest.prefix(Self.longestLine + 1).firstIndex(of: UInt8(ascii: "\n")) {
      number += 1
      let line = rest[..<end]
      try add(Data(line), place: "\(place): line \(number)")
      last = line
      rest = rest[bytes.index(after: end)...]
    }
    guard rest.count <= Self.longestLine else {
      throw TrainerError(
        .badData,
        "\(place): line \(number + 1): found more than \(Self.longestLine) bytes, expected the end "
          + "of the line")
    }
    return last
  }

  /// Adds the next line.
  ///
  /// - Parameters:
  ///   - line: The line, without a line feed.
  ///   - place: The file and the line for messages.
  /// - Throws: ``TrainerError`` that names the place, what was found and what was expected.
  mutating func add(_ line: Data, place: String) throws {
    switch try RecordedFile.decode(EventName.self, from: line, place: place).event {
    case "epoch":
      let epoch = try RecordedFile.decode(RecordedEpoch.self, from: line, place: place)
      try Self.check(epoch, place)
      dropEpochs { $0.epoch >= epoch.epoch }
      epochs.append(epoch)
      step = epoch.step
    case "resume":
      let resumption = try RecordedFile.decode(Place.self, from: line, place: place)
      dropEpochs { $0.step > resumption.step }
      step = resumption.step
      end = nil
    case "stop":
      step = try RecordedFile.decode(Place.self, from: line, place: place).step
    case "end":
      let last = try RecordedFile.decode(RecordedEnd.self, from: line, place: place)
      guard last.weightsDigest.wholeMatch(of: #/[0-9a-f]{64}/#) != nil else {
        throw TrainerError(
          .badData,
          "\(place): field `weights_digest`: found \(last.weightsDigest.debugDescription), "
            + "expected 64 hexadecimal digits")
      }
      try Self.check(last.step, "step", place)
      try Self.check(last.seconds, "seconds", place)
      try Self.check(last.testAccuracy, isShare: true, "test_accuracy", place)
      end = last
      step = last.step
    default:
      // Later versions may write other events.
      break
    }
  }

  private static func check(_ epoch: RecordedEpoch, _ place: String) throws {
    guard (1...Int(Int32.max)).contains(epoch.epoch) else {
      throw unfit(epoch.epoch, "epoch", "a number from 1 to \(Int32.max)", place)
    }
    try check(epoch.step, "step", place)
    for (share, field) in [
      (epoch.trainAccuracy, "train_accuracy"), (epoch.testAccuracy, "test_accuracy"),
      (epoch.validationAccuracy ?? 0, "validation_accuracy"),
    ] {
      try check(share, isShare: true, field, place)
    }
    for (value, field) in [
      (epoch.trainSeconds, "train_seconds"),
      (epoch.samplesPerSecond, "samples_per_second"), (epoch.learningRate, "learning_rate"),
    ] {
      try check(value, field, place)
    }
  }

  private static func check(_ step: Int, _ field: String, _ place: String) throws {
    if step < 0 { throw unfit(step, field, "a number from 0", place) }
  }

  private static func check(
    _ value: Double, isShare: Bool = false, _ field: String, _ place: String
  ) throws {
    guard value >= 0, !isShare || value <= 1 else {
      throw unfit(value, field, isShare ? "a number from 0 to 1" : "a number from 0", place)
    }
  }

  private static func unfit(
    _ found: some Any, _ field: String, _ expected: String, _ place: String
  ) -> TrainerError {
    TrainerError(.badData, "\(place): field `\(field)`: found \(found), expected \(expected)")
  }

  private mutating func dropEpochs(while isUndone: (RecordedEpoch) -> Bool) {
    while let last = epochs.last, isUndone(last) { epochs.removeLast() }
  }
}

extension RecordedMetrics {
  /// The best epoch; nil if there is none.
  var best: RecordedEpoch? { epochs.best(of: end) }
}

extension [RecordedEpoch] {
  /// The best epoch: the one with the smallest validation loss, or without validation samples the
  /// one with the highest test accuracy.
  ///
  /// Of equal epochs, the earliest is the best. If the run has ended, its last line names the best
  /// epoch: it does not count a last epoch that the step limit cut short.
  ///
  /// - Parameter end: The run's last line; nil if there is none.
  /// - Returns: The epoch; nil if there is none.
  func best(of end: RecordedEnd?) -> RecordedEpoch? {
    if let number = end?.bestEpoch, let epoch = first(where: { $0.epoch == number }) {
      return epoch
    }
    return reduce(nil) { best, epoch in
      guard let best else { return epoch }
      if let loss = epoch.validationLoss, let least = best.validationLoss {
        return loss < least ? epoch : best
      }
      return epoch.testAccuracy > best.testAccuracy ? epoch : best
    }
  }
}

private struct EventName: Decodable {
  let event: String
}

private struct Place: Decodable {
  let step: Int
}
