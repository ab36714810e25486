import Files
import Foundation
import Glibc
import Training

extension RecordedRun {
  /// Finds run directories: those named, and those in folders that are named.
  ///
  /// A run directory has a `config.json` or a `metrics.jsonl`, and may have further runs in it.
  ///
  /// - Parameter folders: Run directories, or folders of run directories, searched one level deep.
  /// - Returns: The runs, each directory once, and what is wrong with folders that give none or cannot be
  ///   searched.
  package static func find(in folders: [String]) -> (runs: [RecordedRun], problems: [TrainerError])
  {
    var runs: [RecordedRun] = []
    var problems: [TrainerError] = []
    var seen: Set<String> = []
    func add(_ directory: String) {
      if seen.insert(PathNames.target(of: directory)).inserted {
        runs.append(RecordedRun(directory: directory))
      }
    }
    for folder in folders {
      let isRunItself = isRun(folder)
      if isRunItself { add(folder) }
      let names: [String]
      do {
        names = try SystemCall.names(in: folder).sorted()
      } catch {
        problems.append(
          TrainerError(
            .dataNotFound,
            "\(folder): cannot be listed: \(error); expected a run directory or a "
              + "folder of them")
        )
        continue
      }
      let found = names.map { (folder.hasSuffix("/") ? folder : folder + "/") + $0 }.filter(isRun)
      found.forEach(add)
      if found.isEmpty, !isRunItself {
        problems.append(
          TrainerError(
            .dataNotFound,
            "\(folder): found no run directory, expected one, or a folder of them, with "
              + RunRecord.fileName))
      }
    }
    return (runs, problems)
  }

  private static func isRun(_ directory: String) -> Bool {
    [RunRecord.fileName, RecordedMetrics.fileName].contains {
      access(directory + "/" + $0, F_OK) == 0
    }
  }
}
