import Pages
import Parallel
import Training

extension DatasetRecord {
  /// The data in a line.
  package var summary: String {
    "\(name): \(FigureText.count(training)) training and \(FigureText.count(test)) test images of "
      + "\(rows) × \(columns) pixels, \(counted(classes, "class"))"
  }

  /// Where the data is, and its digests.
  package var entries: [ReportEntry] {
    [ReportEntry("data set", directory)]
      + (sha256 ?? [:]).sorted { $0.key < $1.key }.map {
        ReportEntry("SHA-256 of \($0.key)", $0.value)
      }
  }
}
