import CParallel
import Files
import Glibc
import Synchronization

/// The system refused memory, threads or file descriptors that the process needs.
public struct SystemRefusal: MessageError, Sendable, Equatable {
  /// What was needed, what the system allowed, and the limits that are set.
  public let message: Message

  /// The message, with the names of settings in backquotes.
  public var description: String { message.description }

  init(_ message: Message) {
    self.message = message
  }

  /// Describes a refusal of memory that a library reports with its own message.
  ///
  /// - Parameters:
  ///   - user: What needed the memory.
  ///   - reason: The library's message.
  /// - Returns: The refusal.
  public static func memory(for user: String, reason: String) -> SystemRefusal {
    SystemRefusal("the system refused \(user) memory: \(reason) (\(MemoryLimit.explanation))")
  }

  /// Describes a refusal of an amount of memory.
  ///
  /// - Parameters:
  ///   - bytes: The number of bytes.
  ///   - user: What needed them; nil if it is unknown.
  /// - Returns: The refusal.
  static func memory(bytes: Int, for user: String? = nil) -> SystemRefusal {
    SystemRefusal(
      "the system refused \(byteText(UInt64(bytes))) of memory\(user.map { " for \($0)" } ?? "") "
        + "(\(MemoryLimit.explanation))")
  }

  /// Checks that the process can get more address space now.
  ///
  /// - Parameters:
  ///   - bytes: The number of bytes.
  ///   - user: What needs them.
  /// - Throws: ``SystemRefusal`` if the address space is refused.
  public static func requireAddressSpace(_ bytes: Int, for user: String) throws(SystemRefusal) {
    try AddressSpaceReserve(byteCount: bytes, for: user).release()
  }

  /// Checks that arrays can be allocated now, and some small ones more.
  ///
  /// An array cannot report that there is no memory for it: the process ends.
  ///
  /// - Parameters:
  ///   - byteCount: The bytes of all arrays together.
  ///   - user: What needs them.
  /// - Throws: ``SystemRefusal`` if the memory is refused.
  package static func requireArrays(byteCount: Int, for user: String) throws(SystemRefusal) {
    try reserveArrays(byteCount: byteCount, for: user).release()
  }

  /// Keeps the address space for arrays, and some small ones more, until they are allocated.
  ///
  /// - Parameters:
  ///   - byteCount: The bytes of all arrays together.
  ///   - user: What needs them.
  /// - Returns: The address space.
  /// - Throws: ``SystemRefusal`` if it is refused.
  package static func reserveArrays(
    byteCount: Int, for user: String
  ) throws(SystemRefusal) -> AddressSpaceReserve {
    try AddressSpaceReserve(byteCount: byteCount + smallArrays, for: user)
  }

  private static let smallArrays = 4 << 20

  /// The file descriptors that Dispatch may open at a time: its event queue, and states of threads
  /// in /proc.
  static let descriptorsOfDispatch = 8

  /// Checks that Dispatch can open its files now.
  ///
  /// If it could not, it would end the process.
  ///
  /// - Throws: ``SystemRefusal`` if too few file descriptors are left.
  static func requireDescriptorsOfDispatch() throws(SystemRefusal) {
    try requireDescriptors(descriptorsOfDispatch)
  }

  /// Checks that a number of file descriptors can be opened now.
  ///
  /// - Parameter count: The number.
  /// - Throws: ``SystemRefusal`` if too few are left.
  package static func requireDescriptors(_ count: Int) throws(SystemRefusal) {
    let opened = Int(parallel_spare_descriptors(Int32(count)))
    guard opened < count else { return }
    throw SystemRefusal(
      "\(counted(count, "file descriptor")) are needed, but the system allows \(opened) more here "
        + "(\(descriptorLimit))")
  }

  // MARK: What cannot throw

  private static let handler = Mutex<(@Sendable (SystemRefusal) -> Never)?>(nil)
  /// Address space that is released to compose an error when no other memory is left.
  private static let reserve = Mutex<UnsafeMutableRawPointerBox?>(nil)
  private static let reserveSize = 4 << 20

  /// Sets what happens when memory is refused to code that cannot throw.
  ///
  /// - Parameters:
  ///   - lastWords: The message if memory is refused to the Swift runtime itself, which has printed
  ///     the size by then; the limits that are set now follow it.
  ///   - exitCode: The exit code of the process in that case.
  ///   - newHandler: Reports any other refusal and ends the process, on the thread that met it.
  public static func whenUnavoidable(
    lastWords: String, exitCode: Int32,
    _ newHandler: @escaping @Sendable (SystemRefusal) -> Never
  ) {
    // The copy lives as long as the process.
    let words = strdup("\(lastWords) (\(MemoryLimit.ofProcessExplanation))\n")
    if let words { parallel_end_without_memory(words, exitCode) }
    handler.withLock { $0 = newHandler }
    let mapped = mmap(
      nil, reserveSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped, mapped != MAP_FAILED else { return }
    reserve.withLock { $0 = UnsafeMutableRawPointerBox(pointer: mapped) }
  }

  /// Ends the process, since memory was refused to code that cannot throw.
  ///
  /// - Parameter bytes: The number of bytes that were requested.
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

/// A pointer that only one holder uses at a time.
private struct UnsafeMutableRawPointerBox: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
}
