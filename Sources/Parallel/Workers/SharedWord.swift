import CParallel
import Synchronization

/// An atomic word on cache lines of its own, on which threads can sleep.
final class SharedWord: @unchecked Sendable {
  private let memory = AlignedBuffer<UInt8>(count: 128)
  /// The word; valid while its owner lives.
  let word: UnsafeMutablePointer<Atomic<UInt32>>

  init() {
    word = UnsafeMutableRawPointer(memory.pointer).bindMemory(
      to: Atomic<UInt32>.self, capacity: 1)
    word.initialize(to: Atomic(0))
  }

  /// Sleeps while the word has a value; may return early.
  func sleep(while expected: UInt32) {
    parallel_futex_wait(word, expected)
  }

  /// Sleeps while the word has a value, for a limited time; may return early.
  ///
  /// - Returns: Whether it returned before the time limit.
  func sleep(while expected: UInt32, milliseconds: Int32) -> Bool {
    parallel_futex_wait_for(word, expected, milliseconds) != 0
  }

  /// Wakes all threads that sleep on the word.
  func wakeAll() {
    parallel_futex_wake_all(word)
  }
}
