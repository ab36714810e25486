import Files
import Glibc
import Testing

@testable import Parallel

@Suite("An affinity mask")
struct AffinityMaskTests {
  @Test("longer than 1024 CPUs is read with a longer buffer")
  func longMask() throws {
    var sizes: [Int] = []
    let mask = try AffinityMask.current { mask in
      sizes.append(mask.count)
      if mask.count < 1000 { return EINVAL }
      mask.storeBytes(of: 0b101, as: UInt.self)
      mask.storeBytes(of: 0xFF << 8, toByteOffset: 896, as: UInt.self)
      return 0
    }
    #expect(mask.cpus == [0, 2] + (7176...7183))
    #expect(sizes == [128, 256, 512, 1024])
  }

  @Test("that cannot be read is an error", arguments: [EPERM, EINVAL])
  func unreadable(code: Int32) {
    #expect(throws: SystemError(code: code)) { try AffinityMask.current { _ in code } }
  }

  @Test("has the CPUs from which it was created", arguments: [[0], [1, 63, 64], [5000], []])
  func cpus(_ cpus: [Int]) {
    #expect(AffinityMask(cpus: cpus).cpus == cpus)
  }

  @Test("becomes the thread's mask, and may be longer than Linux's")
  func apply() throws {
    let failure = Slots<(any Error)?>(repeating: nil, count: 1)
    onThreads(1) { _ in
      do {
        let original = try AffinityMask.current()
        let first = try #require(original.cpus.first)
        try AffinityMask(cpus: [first, 9000]).apply()
        #expect(try AffinityMask.current().cpus == [first])
        try original.apply()
        #expect(try AffinityMask.current() == original)
        #expect(throws: SystemError(code: EINVAL)) { try AffinityMask(cpus: [9000]).apply() }
      } catch {
        failure[0] = error
      }
    }
    if let error = failure[0] { throw error }
  }
}
