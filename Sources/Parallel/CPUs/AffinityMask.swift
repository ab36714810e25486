import CParallel
import Files
import Glibc

/// The CPUs on which a thread may run: one bit per CPU, as in Linux's affinity masks of any length.
struct AffinityMask: Equatable {
  private var words: [UInt]

  /// Creates a mask of some CPUs.
  ///
  /// - Parameter cpus: The CPU numbers.
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

  /// The CPU numbers, ascending.
  var cpus: [Int] {
    (0..<words.count * UInt.bitWidth).filter { cpu in
      let word = words[cpu / UInt.bitWidth]
      return word >> (cpu % UInt.bitWidth) & 1 == 1
    }
  }

  /// The mask as bytes, one bit per CPU.
  var bytes: [UInt8] {
    words.flatMap { word in
      (0..<MemoryLayout<UInt>.size).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
  }

  /// Reads a mask of any length.
  ///
  /// - Parameter read: Fills the buffer with the mask and returns 0, or an error number. EINVAL
  ///   means that the mask is longer than the buffer. The default reads the calling thread's mask.
  /// - Returns: The mask.
  /// - Throws: ``SystemError``.
  static func current(
    reading read: (UnsafeMutableRawBufferPointer) -> Int32 = {
      parallel_affinity_mask($0.baseAddress, $0.count)
    }
  ) throws(SystemError) -> AffinityMask {
    // 128 bytes are the C library's `cpu_set_t` of 1024 CPUs; 1 MiB is enough for eight million
    // CPUs.
    var byteCount = 128
    while true {
      var words = [UInt](repeating: 0, count: byteCount / MemoryLayout<UInt>.size)
      let error = words.withUnsafeMutableBytes { read($0) }
      if error == 0 { return AffinityMask(words: words) }
      guard error == EINVAL, byteCount < 1 << 20 else { throw SystemError(code: error) }
      byteCount *= 2
    }
  }

  /// Sets the affinity mask of the calling thread.
  ///
  /// - Throws: ``SystemError``: EINVAL if the thread may use none of these CPUs.
  func apply() throws(SystemError) {
    let error = words.withUnsafeBytes { parallel_set_affinity_mask($0.baseAddress, $0.count) }
    if error != 0 { throw SystemError(code: error) }
  }
}
