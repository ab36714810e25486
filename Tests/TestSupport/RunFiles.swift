import Foundation

/// The files of a run directory, as a run writes them.
package struct RunFiles {
  /// Settings by name.
  package var settings: [String: Any] = [
    "batch-size": 512, "dropout": 0.2, "epochs": 3, "optimizer": "adam", "seed": 0, "shuffle": true,
  ]
  /// The command's words.
  package var command = ["trainer", "--output", "runs/one"]
  /// The data set's directory.
  package var dataDirectory = "/data/mnist"
  /// What the machine calls itself.
  package var hostname = "node1"
  /// Classes.
  package var classCount = 10
  /// Worker threads.
  package var threads = 2
  /// The lines of `metrics.jsonl`, without line breaks.
  package var metrics: [String] = []

  /// A digest that a run may end with.
  package static let digest = String(repeating: "0123456789abcdef", count: 4)

  /// A run that has not started.
  package init() {}

  /// A run that was begun and has done some epochs.
  ///
  /// - Parameters:
  ///   - accuracies: The test accuracy after each epoch.
  ///   - seconds: What the run took; nil where it has not ended.
  package init(accuracies: [Double], seconds: Double?) {
    metrics = [#"{"event":"start","threads":2}"#]
    metrics += accuracies.enumerated().map { Self.epoch($0 + 1, accuracy: $1) }
    if let seconds {
      metrics.append(
        Self.end(step: 100 * accuracies.count, seconds: seconds, accuracy: accuracies.last ?? 0))
    }
  }

  /// An epoch's line: 100 steps each.
  package static func epoch(_ epoch: Int, accuracy: Double) -> String {
    """
    {"epoch":\(epoch),"event":"epoch","learning_rate":0.001,"samples_per_second":100000.5,\
    "step":\(100 * epoch),"test_accuracy":\(accuracy),"test_loss":\(1.0 / Double(epoch + 1)),\
    "train_accuracy":\(accuracy),"train_loss":\(2.0 / Double(epoch + 1)),"train_seconds":0.5}
    """
  }

  /// The last line.
  package static func end(
    step: Int, seconds: Double, accuracy: Double, digest: String = digest
  ) -> String {
    """
    {"event":"end","seconds":\(seconds),"step":\(step),"test_accuracy":\(accuracy),\
    "weights_digest":"\(digest)"}
    """
  }

  /// The content of `config.json`.
  package func configuration() throws -> [UInt8] {
    let machine: [String: Any] = [
      "hostname": hostname, "kernel": "Linux 6.1", "architecture": "x86_64", "isa": "x86-64-v4",
      "extensions": ["avx_vnni"], "cores": 2, "online_cores": 4, "cores_reason": "affinity mask",
      "memory_total": 1 << 34,
      "openblas": ["version": "0.3.21", "core": "SkylakeX", "chosen_by": "automatic"],
    ]
    return [UInt8](
      try JSONSerialization.data(
        withJSONObject: [
          "format": "trainer run", "format_version": 1, "version": "0.1.0",
          "created": "2026-11-23T04:00:00Z", "command": command, "settings": settings,
          "files": ["save": "model.safetensors"], "threads": threads, "kernel": "SkylakeX",
          "dataset": [
            "name": "mnist", "directory": dataDirectory, "training": 60_000, "test": 10_000,
            "rows": 28, "columns": 28, "classes": classCount,
            "sha256": ["train-images-idx3-ubyte": Self.digest],
          ],
          "machine": machine, "resumed": [],
        ] as [String: Any], options: [.sortedKeys, .withoutEscapingSlashes]))
  }

  /// Writes the files.
  ///
  /// - Parameters:
  ///   - name: The directory's name.
  ///   - folder: Where it is made.
  /// - Returns: The directory's path.
  /// - Throws: What the system says.
  @discardableResult
  package func write(to name: String, in folder: TemporaryFolder) throws -> String {
    try folder.write(configuration(), to: name + "/config.json")
    if !metrics.isEmpty {
      try folder.write(
        Array(metrics.map { $0 + "\n" }.joined().utf8), to: name + "/metrics.jsonl")
    }
    return folder.path(name)
  }
}
