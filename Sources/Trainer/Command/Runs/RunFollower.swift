import Foundation
import Runs
import Training

/// Shows runs while they go on: a table that is redrawn on a terminal, otherwise a line for each
/// event.
struct RunFollower {
  /// The seconds between two looks at the files.
  private static let interval = 1.0

  let directories: [String]
  let sort: RunOrder

  /// Shows the runs until each is complete or cannot be read.
  ///
  /// - Returns: The runs at the end.
  /// - Throws: `TrainerError` if a folder cannot be searched at the start, or the output cannot be
  ///   written.
  func run() throws -> [RecordedRun] {
    var followed = FollowedRuns(in: directories)
    var table = LiveTable()
    var text = FollowLines()
    var isFirst = true
    while true {
      let (runs, problems, warnings) = followed.update()
      // Later on, a directory may be gone for a while.
      if isFirst {
        if let problem = problems.first { throw problem }
        for warning in warnings { Console.warning(warning) }
      }
      isFirst = false
      let hasEnded = !runs.isEmpty && runs.allSatisfy { [.complete, .broken].contains($0.state) }
      if Console.canRedrawResults {
        let lines = runs.isEmpty ? ["no runs yet"] : RunTable(runs, order: sort).lines
        try table.draw(lines, isLast: hasEnded)
      } else {
        try Console.result(text.lines(for: runs))
      }
      if hasEnded { return runs }
      Thread.sleep(forTimeInterval: Self.interval)
    }
  }
}
