import Machine
import Model
import Pages
import Parallel
import Training

extension Machine {
  /// The entries of a report that describe the machine.
  package var entries: [ReportEntry] {
    let blas = openBLAS.map {
      ReportEntry("OpenBLAS", "\($0.version), core \($0.core) (\($0.chosenBy.explanation))")
    }
    var entries = [
      ReportEntry("host", hostname),
      ReportEntry("system", [system, kernel].compactMap(\.self).joined(separator: ", ")),
      ReportEntry("processor", cpu ?? "unknown"),
      ReportEntry("instructions", ([isa] + extensions).joined(separator: " ")),
      ReportEntry("cores", "\(cores) usable of \(onlineCores): \(coresReason)"),
    ]
    if let blas { entries.insert(blas, at: 0) }
    if let instructionSet { entries.append(ReportEntry("kernels", instructionSet.rawValue)) }
    if let memoryTotal {
      entries.append(ReportEntry("memory", FigureText.bytes(Double(memoryTotal))))
    }
    return entries
  }
}

extension DatasetRecord {
  /// The data set in one line: its name, and the number and size of its images.
  package var summary: String {
    "\(name): \(FigureText.count(training)) training and \(FigureText.count(test)) test images of "
      + "\(rows) × \(columns) pixels\(channels == 1 ? "" : " of \(channels) channels"), "
      + "\(counted(classes, "class"))"
  }

  /// The entries of a report with the data set's directory and digests.
  package var entries: [ReportEntry] {
    [ReportEntry("data set", directory)]
      + (sha256 ?? [:]).sorted { $0.key < $1.key }.map {
        ReportEntry("SHA-256 of \($0.key)", $0.value)
      }
  }
}
