import Glibc

/// Floats that end where a page begins that may not be read or written.
final class GuardedPages {
  let start: UnsafeMutablePointer<Float>
  private let count: Int
  private let memory: UnsafeMutableRawPointer
  private let bytes: Int

  init(_ values: [Float]) {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let size = values.count * MemoryLayout<Float>.stride
    let readable = (size + page - 1) / page * page
    bytes = readable + page
    count = values.count
    guard
      let memory = mmap(
        nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != MAP_FAILED
    else { fatalError("no memory for a test's matrix") }
    self.memory = memory
    precondition(mprotect(memory + readable, page, PROT_NONE) == 0)
    start = (memory + (readable - size)).bindMemory(to: Float.self, capacity: max(count, 1))
    start.update(from: values, count: count)
  }

  deinit { munmap(memory, bytes) }

  var values: UnsafeBufferPointer<Float> { UnsafeBufferPointer(start: start, count: count) }
}
