import COpenBLAS
import Parallel
import Synchronization

/// The system's OpenBLAS: loaded at run time, and what it says about itself.
///
/// OpenBLAS takes its number of threads and its core when it is loaded. It is loaded without threads of
/// its own, so that every call runs on its caller's thread. ``load(core:origin:)`` reports what is
/// wrong; without it the first use loads the library, and ends the process where it cannot.
package enum OpenBLAS {
  /// A core that this program told the library to take, and for whom.
  struct Choice: Sendable, Equatable {
    let core: String
    let origin: BLASCoreOrigin
  }

  private static let chosen = Mutex<Choice?>(nil)

  /// The core that the library was told to take; nil where it was left to it and the user's variable.
  static var choice: Choice? { chosen.withLock { $0 } }

  /// Loads the library, unless it is loaded already.
  ///
  /// - Throws: ``OpenBLASError`` or `SystemRefusal`.
  package static func load() throws {
    try check(openblas_load_once())
  }

  /// Loads the library, again where it is loaded already, with a core.
  ///
  /// No other thread may use it meanwhile, or change the environment.
  ///
  /// - Parameters:
  ///   - core: The core; the library takes another where it does not have it.
  ///   - origin: Who chose it: `.option` or `.corrected`.
  /// - Throws: ``OpenBLASError`` or `SystemRefusal`.
  static func load(core: String, origin: BLASCoreOrigin) throws {
    try check(openblas_load(core))
    chosen.withLock { $0 = Choice(core: core, origin: origin) }
  }

  private static func check(_ status: openblas_status) throws {
    if status == openblas_ok { return }
    let text = String(cString: openblas_load_error())
    switch status {
    case openblas_not_found: throw OpenBLASError(kind: .notFound, reason: text)
    case openblas_refused: throw SystemRefusal.memory(for: "OpenBLAS", reason: text)
    default: throw OpenBLASError(kind: .unusable, reason: text)
    }
  }

  /// Makes sure that calls on several threads at once find memory: each takes a buffer, and the library
  /// would wait forever for one that the system refuses.
  ///
  /// - Parameter callers: The threads.
  /// - Throws: `SystemRefusal`, and what ``load()`` throws.
  package static func reserveBuffers(callers: Int) throws {
    try load()
    let buffers = min(callers, Int(openblas_simultaneous_calls()))
    try SystemRefusal.requireAddressSpace(
      buffers * Int(openblas_buffer_size),
      for: "OpenBLAS's buffers for \(counted(buffers, "thread"))")
    openblas_take_buffers(Int32(callers))
  }

  /// The name of the set of kernels in use, `Haswell` say; other kernels give other bits.
  package static var coreName: String {
    openblas_core_name().map { String(cString: $0) } ?? "unknown"
  }

  /// The version, `0.3.21` say.
  package static var version: String { version(in: configuration) }

  /// What the library was built with: `pthreads`, `OpenMP`, `serial`, or `unknown`.
  package static var variant: String {
    switch openblas_threading() {
    case 0: "serial"
    case 1: "pthreads"
    case 2: "OpenMP"
    default: "unknown"
    }
  }

  /// Whether the core is chosen when the library is loaded, rather than when it was built.
  package static var choosesCoreAtStart: Bool {
    configuration.split(separator: " ").contains("DYNAMIC_ARCH")
  }

  /// The version and build options, as OpenBLAS lists them.
  package static var configuration: String {
    openblas_configuration().map { String(cString: $0) } ?? ""
  }

  /// Finds the version in the configuration.
  ///
  /// - Parameter configuration: `OpenBLAS VERSION OPTION…`.
  /// - Returns: The version, or `unknown`.
  static func version(in configuration: String) -> String {
    let words = configuration.split(separator: " ")
    guard words.count >= 2, words[0] == "OpenBLAS" else { return "unknown" }
    return String(words[1])
  }
}

/// Why OpenBLAS could not be loaded.
package struct OpenBLASError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What kind of failure it was.
  package enum Kind: Sendable {
    /// The library is not installed.
    case notFound
    /// The library is there, but is none that can be used.
    case unusable
  }

  /// What kind of failure it was.
  package let kind: Kind
  /// What the loader says.
  package let reason: String

  /// One line.
  package var description: String {
    switch kind {
    case .notFound:
      "OpenBLAS is not found: \(reason); on Debian and Ubuntu: apt install libopenblas0"
    case .unusable: "OpenBLAS cannot be used: \(reason)"
    }
  }
}
