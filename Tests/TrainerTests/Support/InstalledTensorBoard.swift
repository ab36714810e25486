import Foundation

/// What TensorBoard's own reader finds in a directory.
struct TensorBoardRun: Decodable {
  struct Scalar: Decodable {
    let tag: String
    let step: Int
    let value: Double
    let wallTime: Double
  }

  struct Histogram: Decodable {
    let tag: String
    let step: Int
    let minimum: Double
    let maximum: Double
    let count: Double
    let sum: Double
    let sumOfSquares: Double
    let limits: [Double]
    let counts: [Double]
  }

  /// What a page of TensorBoard gets.
  struct Page: Decodable {
    /// The page's name.
    let plugin: String
    let tag: String
    let steps: [Int]
  }

  let scalars: [Scalar]
  let histograms: [Histogram]
  let pages: [Page]

  /// The steps of a scalar.
  func steps(_ tag: String) -> [Int] { scalars.filter { $0.tag == tag }.map(\.step) }
}

/// The Python package `tensorboard`, where it is installed.
enum InstalledTensorBoard {
  /// Whether there is one to test with.
  static let isAvailable = InstalledPython.has("tensorboard")

  /// Reads a directory of event files as TensorBoard does.
  ///
  /// - Parameter directory: The directory.
  /// - Returns: What it finds.
  /// - Throws: `InstalledPython.Failure` where TensorBoard fails.
  static func read(_ directory: String) throws -> TensorBoardRun {
    try JSONDecoder().decode(
      TensorBoardRun.self, from: InstalledPython.run(script, [directory]))
  }

  private static let script = """
    import json, sys
    from tensorboard.backend.event_processing import event_accumulator
    from tensorboard.backend.event_processing import plugin_event_accumulator

    everything = {"scalars": 0, "histograms": 0, "tensors": 0}
    run = event_accumulator.EventAccumulator(sys.argv[1], size_guidance=everything)
    run.Reload()
    pages = plugin_event_accumulator.EventAccumulator(
        sys.argv[1], size_guidance={}, tensor_size_guidance={"scalars": 0, "histograms": 0})
    pages.Reload()
    print(json.dumps({
        "scalars": [
            {"tag": tag, "step": e.step, "value": e.value, "wallTime": e.wall_time}
            for tag in run.Tags()["scalars"] for e in run.Scalars(tag)],
        "histograms": [
            {"tag": tag, "step": e.step, "minimum": h.min, "maximum": h.max, "count": h.num,
             "sum": h.sum, "sumOfSquares": h.sum_squares, "limits": list(h.bucket_limit),
             "counts": list(h.bucket)}
            for tag in run.Tags()["histograms"] for e in run.Histograms(tag)
            for h in [e.histogram_value]],
        "pages": [
            {"plugin": pages.SummaryMetadata(tag).plugin_data.plugin_name, "tag": tag,
             "steps": [e.step for e in pages.Tensors(tag)]}
            for tag in pages.Tags()["tensors"]],
    }))
    """
}
