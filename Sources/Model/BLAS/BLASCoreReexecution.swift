import Foundation
import Glibc
import Parallel

/// What the first image of a process leaves for the second.
struct BLASCoreMarker: Sendable, Equatable {
  let origin: BLASCoreOrigin
  let core: String

  init(origin: BLASCoreOrigin, core: String) {
    self.origin = origin
    self.core = core
  }

  /// Reads a marker.
  ///
  /// - Parameters:
  ///   - text: `ORIGIN:PROCESS:CORE`.
  ///   - process: This process; a marker that was inherited from another is none.
  init?(text: String, process: Int32) {
    let fields = text.split(separator: ":", maxSplits: 2).map(String.init)
    guard fields.count == 3, let origin = BLASCoreOrigin(rawValue: fields[0]),
      origin == .option || origin == .corrected, Int32(fields[1]) == process
    else { return nil }
    self.init(origin: origin, core: fields[2])
  }

  func text(process: Int32) -> String { "\(origin.rawValue):\(process):\(core)" }
}

extension BLASCoreSelection {
  /// This process's environment as its user set it: without what a first image left for the second.
  ///
  /// A process started with it chooses its core as this one did.
  public static var environmentOfUser: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    guard let text = environment.removeValue(forKey: markerVariable) else { return environment }
    // The first image replaced the variable, which was not set or lost to the option.
    let process = ProcessInfo.processInfo.processIdentifier
    if BLASCoreMarker(text: text, process: process) != nil { environment[variable] = nil }
    return environment
  }

  /// Starts this process again, with the same arguments, so that OpenBLAS takes another core.
  ///
  /// The process keeps its number.
  ///
  /// - Parameters:
  ///   - core: The core.
  ///   - origin: Who chose it: `.option` or `.corrected`.
  /// - Returns: Never.
  /// - Throws: `BLASCoreError.reexecution` where the system refuses.
  public static func reexecute(core: String, origin: BLASCoreOrigin) throws -> Never {
    let marker = BLASCoreMarker(origin: origin, core: core)
    guard setenv(variable, core, 1) == 0,
      setenv(markerVariable, marker.text(process: getpid()), 1) == 0
    else { throw BLASCoreError.reexecution(core: core, reason: String(cString: strerror(errno))) }
    // By its path the process keeps its name in `ps`.
    if let path = OwnExecutable.path { execv(path, CommandLine.unsafeArgv) }
    execv(OwnExecutable.link, CommandLine.unsafeArgv)
    throw BLASCoreError.reexecution(core: core, reason: String(cString: strerror(errno)))
  }
}
