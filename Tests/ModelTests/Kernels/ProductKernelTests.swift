import CKernels
import Glibc
import Testing

@Suite("The product of two matrices")
struct ProductKernelTests {
  private typealias Product =
    @Sendable (
      Int64, Int64, Int64, Int64, UnsafePointer<Float>, Int64, Int64, UnsafePointer<Float>, Int64,
      Int64, UnsafeMutablePointer<Float>, Int64
    ) -> Void

  private static let versions = KernelVersions<Product>(
    { kernel_product($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) },
    { kernel_product_baseline($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) },
    { kernel_product_v3($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) },
    { kernel_product_v4($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) })

  /// The sizes of a product, and where its matrices lie.
  struct Shape: CustomStringConvertible {
    var rows: Int
    var columns: Int
    var depth: Int
    /// Whether the left matrix is stored with its columns together.
    var isTransposed = false
    /// Whether the right matrix is stored in panels.
    var hasPanels = false
    /// The terms of a block.
    var block = PRODUCT_DEPTH

    var description: String {
      "\(rows) x \(columns) x \(depth)" + (isTransposed ? " transposed" : "")
        + (hasPanels ? " panels" : "") + " in blocks of \(block)"
    }
  }

  /// Holds all versions against the chain of each element, with each matrix just before memory that
  /// may not be touched.
  private static func check(_ shape: Shape, _ random: inout RandomValues) throws {
    let (rows, columns, depth) = (shape.rows, shape.columns, shape.depth)
    let left = random.uniform(rows * depth, in: -1...1)
    let right = random.uniform(depth * columns, in: -1...1)

    let a = GuardedPages(
      shape.isTransposed ? transposed(left, rows: rows, columns: depth) : left)
    let panel = PRODUCT_PANEL
    let b = GuardedPages(
      shape.hasPanels ? panels(right, depth: depth, columns: columns, width: panel) : right)
    let expected = twin(left, right, shape)
    for (name, product) in try versions.runnable() {
      let c = GuardedPages([Float](repeating: .nan, count: rows * columns))
      product(
        Int64(rows), Int64(columns), Int64(depth), Int64(shape.block), a.start,
        Int64(shape.isTransposed ? 1 : depth), Int64(shape.isTransposed ? rows : 1), b.start,
        Int64(shape.hasPanels ? panel : columns), Int64(shape.hasPanels ? panel * depth : panel),
        c.start, Int64(columns))
      #expect(bits(c.values) == bits(expected), "\(name), \(shape)")
    }
  }

  private static func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
    (0..<rows * columns).map { values[$0 % rows * columns + $0 / rows] }
  }

  /// Panels one after another; what the last one lacks is zero.
  private static func panels(
    _ values: [Float], depth: Int, columns: Int, width: Int
  ) -> [Float] {
    stride(from: 0, to: columns, by: width).flatMap { first in
      (0..<depth).flatMap { k in
        (first..<first + width).map { $0 < columns ? values[k * columns + $0] : 0 }
      }
    }
  }

  /// Each element: the chains of its blocks, added in pairs, pairs of pairs and so on.
  private static func twin(_ left: [Float], _ right: [Float], _ shape: Shape) -> [Float] {
    return left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        (0..<shape.rows * shape.columns).map { index in
          let (i, j) = index.quotientAndRemainder(dividingBy: shape.columns)
          return chainSum(count: shape.depth, block: shape.block) { k in
            (left[i * shape.depth + k], right[k * shape.columns + j])
          }
        }
      }
    }
  }

  @Test("has the bits of fused multiply-adds in order, with any instruction set, at any edge")
  func bitsOfChains() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("ProductKernelTests seed \(seed)")
    var random = RandomValues(seed)
    for _ in 0..<500 {
      let sizes = random.integers(3, below: 70).map { Int($0) + 1 }
      let choices = random.integers(1, below: 4)[0]
      let block = Int(random.integers(1, below: 80)[0]) + 1
      try Self.check(
        Shape(
          rows: sizes[0], columns: sizes[1], depth: sizes[2], isTransposed: choices & 1 != 0,
          hasPanels: choices & 2 != 0, block: block), &random)
    }
  }

  @Test(
    "of every width up to two panels has the bits of fused multiply-adds in order",
    arguments: [(1, 3), (7, 17), (8, 1), (13, 2)])
  func widths(rows: Int, depth: Int) throws {
    var random = RandomValues(1)
    for columns in 1...130 {
      try Self.check(Shape(rows: rows, columns: columns, depth: depth), &random)
      try Self.check(
        Shape(
          rows: rows, columns: columns, depth: depth, isTransposed: true,
          hasPanels: columns.isMultiple(of: 2), block: 5), &random)
    }
  }

  @Test(
    "that is deeper than a block is the pairwise tree of its blocks",
    arguments: [
      (1_023, 1_024), (1_024, 1_024), (1_025, 1_024), (2_048, 1_024), (2_049, 1_024),
      (7_169, 1_024),
      (512, 64), (513, 64), (321, 64), (1_000, 3),
    ])
  func deep(depth: Int, block: Int) throws {
    var random = RandomValues(2)
    for (rows, columns) in [(1, 1), (8, 19), (2, 67)] {
      for isTransposed in [false, true] {
        try Self.check(
          Shape(
            rows: rows, columns: columns, depth: depth, isTransposed: isTransposed, block: block),
          &random)
      }
    }
  }

  @Test("without terms is zero, and without rows or columns is nothing")
  func empty() throws {
    var random = RandomValues(3)
    for (rows, columns, depth) in [(3, 5, 0), (0, 5, 3), (3, 0, 5)] {
      try Self.check(Shape(rows: rows, columns: columns, depth: depth), &random)
    }
  }

  @Test("keeps what is not a number, infinities and the order of large terms")
  func specialValues() throws {
    let product = try #require(try Self.versions.runnable().last).function
    func element(_ left: [Float], _ right: [Float]) -> Float {
      var result: Float = 7
      let depth = Int64(left.count)
      product(1, 1, depth, depth, left, depth, 1, right, 1, 64, &result, 1)
      return result
    }
    #expect(element([.nan, 1], [0, 1]).isNaN)
    #expect(element([.infinity, 1], [0, 1]).isNaN)
    #expect(element([.infinity, 1], [1, 1]) == .infinity)
    #expect(element([0x1p60, 1, -0x1p60], [0x1p20, 1, 0x1p20]) == 0)
    #expect(element([0x1p60, -0x1p60, 1], [0x1p20, 0x1p20, 1]) == 1)
    // One rounding for a term: the square of 1 + 2^-12 has a bit that a separate one would lose.
    let x: Float = 1 + 0x1p-12
    #expect(element([-1, x], [1 + 0x1p-11, x]) == 0x1p-24)
  }

  @Test("is within rounding of the product in double precision")
  func doublePrecision() throws {
    var random = RandomValues(4)
    let (rows, columns, depth) = (16, 40, 784)
    let left = random.uniform(rows * depth, in: 0...1)
    let right = random.normal(depth * columns)
    var expected = [Double](repeating: 0, count: rows * columns)
    for i in 0..<rows {
      for k in 0..<depth {
        let x = Double(left[i * depth + k])
        for j in 0..<columns { expected[i * columns + j] += x * Double(right[k * columns + j]) }
      }
    }
    for (name, product) in try Self.versions.runnable() {
      var result = [Float](repeating: 0, count: rows * columns)
      product(
        Int64(rows), Int64(columns), Int64(depth), Int64(PRODUCT_DEPTH), left, Int64(depth), 1,
        right, Int64(columns), Int64(PRODUCT_PANEL), &result, Int64(columns))
      #expect(largestRelativeDifference(result, expected) < 2e-6, "\(name)")
    }
  }
}
