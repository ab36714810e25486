import Foundation
import TestSupport

@testable import Runs
@testable import TensorBoard

/// What a complete run leaves on a disk, without times.
struct StoredOutcome: Equatable {
  struct Malformed: Error {
    let text: String
  }

  /// A figure in an event file.
  struct Figure: Hashable {
    let step: Int
    let tag: String
  }

  /// The model, the best model, and the newest checkpoint's tensors.
  let models: [[UInt8]]
  /// The steps of the checkpoints.
  let checkpoints: [String]
  /// The epochs in the metrics, and how they end, without times.
  let metrics: [String]
  /// The epochs in the table, without times.
  let table: [String]
  /// The report's digest; nil if it has none.
  let reportedDigest: String?
  /// The names of temporary files.
  let leftovers: [String]
  /// What TensorBoard shows: how often each figure is there.
  let figures: [Figure: Int]

  /// Reads a disk.
  ///
  /// - Parameter disk: A disk with a complete ``StoredRun``.
  /// - Throws: `Malformed` for a file that is missing or cannot be understood.
  init(of disk: Disk) throws {
    let tree = disk.tree
    func content(_ name: String) throws -> [UInt8] {
      guard let content = tree["\(StoredRun.directory)/\(name)"], let content else {
        throw Malformed(text: "no \(name)")
      }
      return content
    }
    func lines(_ name: String) throws -> [String] {
      let text = String(decoding: try content(name), as: UTF8.self)
      guard text.hasSuffix("\n") else { throw Malformed(text: "\(name) ends in half a line") }
      return text.split(separator: "\n").map(String.init)
    }
    models = [try content("model.safetensors"), try content("best.safetensors")]
    let folder = "\(StoredRun.directory)/checkpoints/"
    checkpoints = tree.keys.filter { $0.hasPrefix(folder) }
      .map { String($0.dropFirst(folder.count)) }.sorted()
    metrics = try lines("metrics.jsonl").compactMap(Self.withoutTimes)
    table = try lines("metrics.csv").map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      return fields.prefix(8).joined(separator: ",")
    }
    let report = String(decoding: try content("report.html"), as: UTF8.self)
    let digest = metrics.last.flatMap { $0.split(separator: "\"").first { $0.count == 64 } }
    reportedDigest = digest.flatMap { report.contains($0) ? String($0) : nil }
    leftovers = tree.keys.filter { $0.contains("/.trainer-") }.sorted()
    figures = try Self.figures(tree)
  }

  /// A line of the metrics, without times; nil for one that tells of a part of a run.
  private static func withoutTimes(_ line: String) throws -> String? {
    guard
      var object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
      let event = object["event"] as? String
    else { throw Malformed(text: "no object: \(line)") }
    guard event == "epoch" || event == "end" else { return nil }
    for key in object.keys where key.contains("seconds") || key.contains("per_second") {
      object[key] = nil
    }
    return String(
      decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys),
      as: UTF8.self)
  }

  /// What TensorBoard shows of all event files: the start of a session hides the later steps of
  /// older files, and nothing is read after damage.
  private static func figures(_ tree: [String: [UInt8]?]) throws -> [Figure: Int] {
    var figures: [Figure: Int] = [:]
    let names = tree.keys.filter { $0.hasPrefix(StoredRun.eventDirectory + "/") }.sorted()
    for name in names {
      for event in EventRecords.wholeEvents(of: (tree[name] ?? nil) ?? []) {
        if case .sessionStart = event.content {
          figures = figures.filter { $0.key.step < Int(event.step) }
        }
        for value in event.values {
          figures[Figure(step: Int(event.step), tag: value.tag), default: 0] += 1
        }
      }
    }
    return figures
  }
}

extension EventRecords {
  /// The events of a file up to the first damage.
  static func wholeEvents(of bytes: [UInt8]) -> [Event] {
    var whole = bytes.count
    while true {
      do {
        return try events(of: Array(bytes.prefix(whole)))
      } catch Damage.truncated(let offset), Damage.lengthCheck(let offset),
        Damage.contentCheck(let offset)
      {
        whole = offset
      } catch {
        return []
      }
    }
  }
}
