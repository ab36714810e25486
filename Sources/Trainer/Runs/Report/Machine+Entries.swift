import Machine
import Model
import Pages

extension Machine {
  /// What a report says of it.
  package var entries: [ReportEntry] {
    var entries = [
      ReportEntry(
        "OpenBLAS",
        "\(openBLAS.version), core \(openBLAS.core) (\(openBLAS.chosenBy.explanation))"),
      ReportEntry("host", hostname),
      ReportEntry("system", [system, kernel].compactMap(\.self).joined(separator: ", ")),
      ReportEntry("processor", cpu ?? "unknown"),
      ReportEntry("instructions", ([isa] + extensions).joined(separator: " ")),
      ReportEntry("cores", "\(cores) usable of \(onlineCores): \(coresReason)"),
    ]
    if let memoryTotal { entries.append(ReportEntry("memory", FigureText.bytes(memoryTotal))) }
    return entries
  }
}
