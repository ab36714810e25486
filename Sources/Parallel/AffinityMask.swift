import CParallel
import Glibc

/// A number that the C library gave for a failure.
struct SystemError: Error, Equatable, CustomStringConvertible {
  let code: Int32

  /// The C library's words.
  var description: String { String(cString: strerror(code)) }
}

/// The CPUs on which a thread may run, as the kernel has it: a bit a CPU, of any number of CPUs.
struct AffinityMask: Equatable {
  private var words: [UInt]

  /// Allows some CPUs.
  ///
  /// - Parameter cpus: Their numbers.
  init(cpus: some Sequence<Int>) {
    words = []
    for cpu in cpus {
      let (word, bit) = cpu.quotientAndRemainder(dividingBy: UInt.bitWidth)
      while words.count <= word { words.append(0) }
      words[word] |= 1 << bit
    }
  }

  private init(words: [UInt]) {
    self.words = words
  }

  /// The numbers of the CPUs, ascending.
  var cpus: [Int] {
    words.enumerated().flatMap { index, word in
      (0..<UInt.bitWidth).filter { word >> $0 & 1 == 1 }.map { index * UInt.bitWidth + $0 }
    }
  }

  /// The mask as bytes, a bit a CPU.
  var bytes: [UInt8] {
    words.flatMap { word in
      (0..<MemoryLayout<UInt>.size).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
  }

  /// Reads a mask, however long the kernel's is.
  ///
  /// - Parameter read: Fills the buffer with the mask and gives 0, or an error number; EINVAL means
  ///   that the kernel's mask is longer than the buffer. The calling thread's where not given.
  /// - Returns: The mask.
  /// - Throws: ``SystemError``.
  static func current(
    reading read: (UnsafeMutableRawBufferPointer) -> Int32 = {
      parallel_affinity_mask($0.baseAddress, $0.count)
    }
  ) throws(SystemError) -> AffinityMask {
    // 128 bytes are the C library's own set, of 1024 CPUs; a mebibyte is for eight million.
    var byteCount = 128
    while true {
      var words = [UInt](repeating: 0, count: byteCount / MemoryLayout<UInt>.size)
      let error = words.withUnsafeMutableBytes { read($0) }
      if error == 0 { return AffinityMask(words: words) }
      guard error == EINVAL, byteCount < 1 << 20 else { throw SystemError(code: error) }
      byteCount *= 2
    }
  }

  /// Makes it the calling thread's.
  ///
  /// - Throws: ``SystemError``: EINVAL where the thread may use none of these CPUs.
  func apply() throws(SystemError) {
    let error = words.withUnsafeBytes { parallel_set_affinity_mask($0.baseAddress, $0.count) }
    if error != 0 { throw SystemError(code: error) }
  }
}
