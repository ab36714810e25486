import Benchmark
import CKernels

/// The innermost loops, on operands that fit in cache: a shard of 64 rows, a tile of 196 x 64.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock], warmupIterations: 20, scalingFactor: .kilo,
    maxDuration: .seconds(1), maxIterations: 1_000)
  let rows: Int64 = 64
  let columns: Int64 = 512
  let shard = Operands(count: Int(rows * 784))
  let tile = Operands(count: 196 * 64)
  let samples = Memory<UInt32>(count: Int(rows))
  for row in 0..<Int(rows) { samples.pointer[row] = UInt32(row * 7919 % 60_000) }
  let images = Memory<UInt8>(count: 60_000 * 784)
  let labels = Memory<UInt8>(count: Int(rows))
  let predictions = Memory<UInt8>(count: Int(rows))

  func measure(_ name: String, _ kernel: @escaping @Sendable () -> Void) {
    Benchmark(name) { benchmark in
      for _ in benchmark.scaledIterations { kernel() }
    }
  }
  measure("gather 64x784") {
    kernel_gather_images(images.pointer, samples.pointer, rows, 784, shard.a.pointer)
  }
  measure("moments 64x512") {
    kernel_column_moments(
      shard.a.pointer, rows, columns, shard.columns.pointer, shard.columns.pointer + 512)
  }
  measure("normalize, rectify 64x512") {
    kernel_normalize_rectify(
      shard.a.pointer, shard.columns.pointer, shard.columns.pointer + 512, 1, rows, columns,
      shard.b.pointer)
  }
  measure("normalize, rectify, drop 64x512") {
    kernel_normalize_rectify_drop(
      shard.a.pointer, shard.columns.pointer, shard.columns.pointer + 512, 1.25, 858_993_459,
      random_words(purpose: 1 << 24, epoch: 1, key0: 0, key1: 0), samples.pointer, rows, columns,
      shard.b.pointer)
  }
  measure("backward sums 64x512") {
    kernel_rectified_backward_sums(
      shard.c.pointer, shard.b.pointer, 1, shard.a.pointer, shard.columns.pointer,
      shard.columns.pointer + 512, rows, columns, shard.columns.pointer + 1024,
      shard.columns.pointer + 1536)
  }
  measure("batch norm backward 64x512") {
    kernel_batch_norm_backward(
      shard.c.pointer, shard.a.pointer, shard.columns.pointer, shard.columns.pointer + 512,
      shard.columns.pointer + 1024, shard.columns.pointer + 1536, rows, columns)
  }
  measure("softmax cross-entropy 64x10") {
    kernel_softmax_cross_entropy(
      shard.a.pointer, labels.pointer, rows, 10, shard.b.pointer, shard.columns.pointer,
      shard.columns.pointer + 64, predictions.pointer)
  }
  measure("add 196x64") { kernel_add(tile.a.pointer, tile.b.pointer, 196 * 64) }
  measure("transpose 196x64") {
    kernel_transpose(tile.a.pointer, 196, 64, tile.b.pointer, 196)
  }
  measure("adam 196x64") {
    kernel_adam(
      tile.a.pointer, tile.b.pointer, tile.c.pointer, tile.d.pointer, 196 * 64,
      adam_step(
        scale: 1 / 512, decay: 0, shrink: 1, beta1: 0.9, complement1: 0.1, beta2: 0.999,
        complement2: 0.001, rate1: 0.001, root2: 1, epsilon: 1e-8))
  }
}

/// Memory that lives as long as the process, zeroed, at the start of a page.
private struct Memory<Element: BitwiseCopyable>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Element>

  init(count: Int) {
    let size = count * MemoryLayout<Element>.stride
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 4096)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    guard let start = bytes.baseAddress else { preconditionFailure("memory of no bytes") }
    pointer = start.bindMemory(to: Element.self, capacity: count)
  }
}

/// Matrices, and vectors of 512 columns, with values between -0.5 and 0.5; `d` is positive.
private struct Operands: Sendable {
  let a: Memory<Float>
  let b: Memory<Float>
  let c: Memory<Float>
  let d: Memory<Float>
  let columns = Memory<Float>(count: 4 * 512)

  init(count: Int) {
    var state: UInt32 = 1
    func matrix() -> Memory<Float> {
      let memory = Memory<Float>(count: count)
      for index in 0..<count {
        state = state &* 1_664_525 &+ 1_013_904_223
        memory.pointer[index] = Float(state >> 8) / 16_777_216 - 0.5
      }
      return memory
    }
    a = matrix()
    b = matrix()
    c = matrix()
    d = matrix()
    for index in 0..<count { d.pointer[index] *= d.pointer[index] }
  }
}
