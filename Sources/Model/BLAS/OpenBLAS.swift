import COpenBLAS
import Parallel
import Synchronization

/// The system's OpenBLAS library, which is loaded at run time.
///
/// OpenBLAS sets its number of threads and its core when it is loaded. It is loaded without threads
/// of its own, so that every call runs on the caller's thread. ``load()`` throws if the library
/// cannot be loaded. If it was not called, the first use loads the library, and ends the process on
/// failure.
package enum OpenBLAS {
  /// A core that this program requested, with the origin of the choice.
  struct Choice: Sendable, Equatable {
    let core: String
    let origin: BLASCoreOrigin
  }

  private static let chosen = Mutex<Choice?>(nil)

  /// The core that this program requested; nil if it requested none.
  static var choice: Choice? { chosen.withLock { $0 } }

  /// Loads the library, unless it is already loaded.
  ///
  /// - Throws: ``OpenBLASError`` if the library is missing or cannot be used; `SystemRefusal` if
  ///   the system refuses memory.
  package static func load() throws {
    try check(openblas_load_once())
  }

  /// Loads the library with a core, even if it is already loaded.
  ///
  /// No other thread may use the library or change the environment during the call.
  ///
  /// - Parameters:
  ///   - core: The core. If the library does not have it, it uses another one.
  ///   - origin: The origin of the choice: `.option` or `.corrected`.
  /// - Throws: ``OpenBLASError`` if the library is missing or cannot be used; `SystemRefusal` if
  ///   the system refuses memory.
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

  /// Reserves the buffers for calls on several threads at the same time.
  ///
  /// Each call uses a buffer. If the system refused memory for one, the library would wait forever.
  ///
  /// - Parameter callers: The number of threads.
  /// - Throws: `SystemRefusal` if the system refuses the memory; the errors of ``load()``.
  package static func reserveBuffers(callers: Int) throws {
    try load()
    let buffers = min(callers, Int(openblas_simultaneous_calls()))
    try SystemRefusal.requireAddressSpace(
      buffers * Int(openblas_buffer_size),
      for: "OpenBLAS's buffers for \(counted(buffers, "thread"))")
    openblas_take_buffers(Int32(callers))
  }

  /// The name of the core in use, for example `Haswell`; `unknown` if the library does not name it.
  ///
  /// Results of different cores differ in the last bits.
  package static var coreName: String {
    openblas_core_name().map { String(cString: $0) } ?? "unknown"
  }

  /// The version, for example `0.3.21`; `unknown` if the library does not contain it.
  package static var version: String { version(in: configuration) }

  /// The threading library that it was built with: `pthreads`, `OpenMP`, `serial` or `unknown`.
  package static var variant: String {
    switch openblas_threading() {
    case 0: "serial"
    case 1: "pthreads"
    case 2: "OpenMP"
    default: "unknown"
    }
  }

  /// Whether the core is selected when the library is loaded, not when it was built.
  package static var selectsCoreAtLoad: Bool {
    configuration.split(separator: " ").contains("DYNAMIC_ARCH")
  }

  /// The version and the build options, as OpenBLAS reports them.
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
