import Files
import Foundation
import Training

/// A run's `metrics.jsonl`, as it was read.
package struct RecordedMetrics: Sendable, Equatable {
  /// The epochs that hold: of an epoch that was done again after a resumption, the last line.
  package private(set) var epochs: [RecordedEpoch] = []
  /// The last step that a line names.
  package private(set) var step = 0
  /// The last line; nil where the run has not ended, or goes on after it.
  package private(set) var end: RecordedEnd?

  static let fileName = "metrics.jsonl"
  private static let sizeLimit = 1 << 30

  /// Reads a run's metrics.
  ///
  /// - Parameter directory: The run directory.
  /// - Returns: What its `metrics.jsonl` says; nil where it has none, or one without a whole line.
  /// - Throws: ``TrainerError`` that names the file, the line, the field, what was found and what was
  ///   expected.
  package static func read(directory: String) throws -> RecordedMetrics? {
    let path = directory + "/" + fileName
    guard let data = try RecordedFile.read(path: path, limit: sizeLimit) else { return nil }
    return try RecordedMetrics(data, place: path)
  }

  /// Takes in the lines; the last is left out where a kill cut it before its end.
  ///
  /// Without a whole line there are no metrics.
  ///
  /// - Parameters:
  ///   - data: The file's bytes.
  ///   - place: The file that messages name.
  /// - Throws: ``TrainerError``.
  init?(_ data: Data, place: String) throws {
    let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // What follows the last line break is a cut line, or nothing.
    guard lines.count > 1 else { return nil }
    for (index, line) in lines.dropLast().enumerated() {
      try take(Data(line), place: "\(place): line \(index + 1)")
    }
  }

  private mutating func take(_ line: Data, place: String) throws {
    switch try RecordedFile.decode(EventName.self, from: line, place: place).event {
    case "epoch":
      let epoch = try RecordedFile.decode(RecordedEpoch.self, from: line, place: place)
      try require((1...Int(Int32.max)).contains(epoch.epoch), "epoch", epoch.epoch, place)
      try require(epoch.step >= 0, "step", epoch.step, place)
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
      end = last
      step = last.step
    default:
      // Later versions may tell more.
      break
    }
  }

  private func require(_ condition: Bool, _ field: String, _ found: Int, _ place: String) throws {
    guard condition else {
      throw TrainerError(
        .badData, "\(place): field `\(field)`: found \(found), expected a number that counts them")
    }
  }

  private mutating func dropEpochs(while isUndone: (RecordedEpoch) -> Bool) {
    while let last = epochs.last, isUndone(last) { epochs.removeLast() }
  }
}

extension RecordedMetrics {
  /// The epoch judged best; nil if there is none.
  var best: RecordedEpoch? { epochs.best(of: end) }
}

extension [RecordedEpoch] {
  /// The epoch judged best: the one that the run's end names, which an epoch that the step limit cut
  /// short cannot be; before the end, as training judges it.
  ///
  /// The smallest validation loss, or without validation the greatest test accuracy; the earliest of
  /// equals.
  ///
  /// - Parameter end: The run's last line, if there is one.
  /// - Returns: The epoch, nil if there is none.
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
