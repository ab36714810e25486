import Files
import ImageData

extension DatasetLocation {
  /// The note that names the data set that a command uses.
  var note: String { "Data set \(name.printable) from \(directory.printable)" }
}
