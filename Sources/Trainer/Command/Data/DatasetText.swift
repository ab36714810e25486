import Foundation
import ImageData
import Parallel
import Runs

/// The content of a data set as text: sizes, and the images of each class.
enum DatasetText {
  /// The lines.
  static func lines(_ dataset: Dataset) -> [String] {
    let info = DatasetInfo(dataset)
    let titles = ClassTitles(dataset.classNames())
    let classes = (0..<info.classCount).map { label in
      String(
        format: "%5d  %8d  %6d", label, info.trainingHistogram[label], info.testHistogram[label])
        + (titles.names.map { "  \($0[label])" } ?? "")
    }
    return [
      "\(info.name) in \(info.directory)",
      "\(info.trainingCount) training and \(info.testCount) test images of "
        + "\(info.imageSize.compact), \(counted(info.classCount, "class")), \(info.byteCount) "
        + "bytes in memory",
      "class  training    test\(titles.names == nil ? "" : "  name")",
    ] + classes
  }
}
