import CParallel
import Glibc
import Synchronization

/// The system refused what the process needs: memory, threads or file descriptors.
public struct SystemRefusal: Error, CustomStringConvertible, Sendable, Equatable {
  /// What was needed, what the system gave, and the limits that are set.
  public let description: String

  init(_ description: String) {
    self.description = description
  }

  /// Memory was refused by something that has its own words for it.
  ///
  /// - Parameters:
  ///   - user: What needed it.
  ///   - reason: What it says.
  /// - Returns: The refusal.
  public static func memory(for user: String, reason: String) -> SystemRefusal {
    SystemRefusal("the system refused \(user) memory: \(reason) (\(MemoryLimit.explanation))")
  }

  /// Memory of a size was refused.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - user: What needed them; nil for nothing in particular.
  /// - Returns: The refusal.
  static func memory(bytes: Int, for user: String? = nil) -> SystemRefusal {
    SystemRefusal(
      "the system refused \(byteText(UInt64(bytes))) of memory\(user.map { " for \($0)" } ?? "") "
        + "(\(MemoryLimit.explanation))")
  }

  /// Makes sure that the process can have more address space at this moment.
  ///
  /// - Parameters:
  ///   - bytes: How much.
  ///   - user: What needs it.
  /// - Throws: ``SystemRefusal``.
  public static func requireAddressSpace(_ bytes: Int, for user: String) throws(SystemRefusal) {
    let mapped = mmap(
      nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let mapped, mapped != MAP_FAILED else { throw memory(bytes: bytes, for: user) }
    munmap(mapped, bytes)
  }

  /// What Dispatch may open at a time: its event queue, and its threads' states in /proc.
  static let descriptorsOfDispatch = 8

  /// Makes sure that Dispatch can open its files at this moment: it ends the process where it cannot.
  ///
  /// - Throws: ``SystemRefusal``.
  static func requireDescriptorsOfDispatch() throws(SystemRefusal) {
    let count = descriptorsOfDispatch
    let opened = Int(parallel_spare_descriptors(Int32(count)))
    guard opened < count else { return }
    var limit = "no limit is set: the machine has no more"
    if let descriptors = ResourceLimit.current(.descriptors) {
      let hard = descriptors.hard.map { "\($0)" } ?? "unlimited"
      limit = "\(descriptors.kind.rawValue) is \(descriptors.soft), at most \(hard)"
    }
    throw SystemRefusal(
      "\(counted(count, "file descriptor")) are needed, but the system allows \(opened) more here "
        + "(\(limit))")
  }

  // MARK: What cannot throw

  private static let handler = Mutex<(@Sendable (SystemRefusal) -> Never)?>(nil)
  /// Address space to compose an error in, where there is no other.
  private static let reserve = Mutex<UnsafeMutableRawPointerBox?>(nil)
  private static let reserveSize = 4 << 20

  /// Says what ends the process where memory is refused to something that cannot throw.
  ///
  /// - Parameters:
  ///   - lastWords: What is told where memory is refused to the Swift runtime itself, which has told the
  ///     size by then.
  ///   - exitCode: What the process ends with then.
  ///   - newHandler: Tells any other refusal and ends the process, on the thread that met it.
  public static func whenUnavoidable(
    lastWords: StaticString, exitCode: Int32,
    _ newHandler: @escaping @Sendable (SystemRefusal) -> Never
  ) {
    lastWords.withUTF8Buffer { words in
      // A static string ends in a zero byte and lives as long as the process.
      words.withMemoryRebound(to: CChar.self) {
        parallel_end_without_memory($0.baseAddress, exitCode)
      }
    }
    handler.withLock { $0 = newHandler }
    let mapped = mmap(
      nil, reserveSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped, mapped != MAP_FAILED else { return }
    reserve.withLock { $0 = UnsafeMutableRawPointerBox(pointer: mapped) }
  }

  /// Ends the process: memory was refused where nothing can be thrown.
  ///
  /// - Parameter bytes: What was asked for.
  /// - Returns: Never.
  static func endWithoutMemory(bytes: Int) -> Never {
    reserve.withLock { box in
      if let pointer = box?.pointer { munmap(pointer, reserveSize) }
      box = nil
    }
    let refusal = memory(bytes: bytes)
    if let handler = handler.withLock({ $0 }) { handler(refusal) }
    fatalError("\(refusal)")
  }
}

/// A pointer that one holder at a time uses.
private struct UnsafeMutableRawPointerBox: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
}
