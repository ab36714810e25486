import Files
import Parallel
import Scaling
import Training

/// Performs `trainer scale --compare`.
struct ScalingComparisonJob {
  let options: ScaleCommand

  func run() throws {
    try ScaleCommand.refuseOptions(but: ["json"], with: "compare")
    guard options.compare.count == 2 else {
      throw TrainerError(
        .usage,
        "--compare has \(counted(options.compare.count, "experiment")); it takes two, each a "
          + "directory or a file")
    }
    let results = try options.compare.map { try ScalingResult.read(path: $0) }
    let comparison = ScalingComparison(results[0], results[1])
    try Console.result(options.json ? try encoded(comparison) : comparison.lines)
  }
}
