import CKernels
import Parallel

/// The engine that computes matrix products.
///
/// Results of the two engines differ in their last bits. See
/// `docs/decisions/0019-two-engines.md`.
public enum Engine: String, CaseIterable, Sendable, Codable {
  /// The kernels of this program: the same bits on every CPU.
  case native
  /// OpenBLAS: the bits depend on its version and its core.
  case openblas

  /// Loads what the engine needs; before it computes.
  ///
  /// - Throws: `OpenBLASError` or `SystemRefusal`.
  package func load() throws {
    if self == .openblas { try OpenBLAS.load() }
  }

  /// Takes the memory that the engine needs, when all other memory is allocated.
  ///
  /// - Parameter callers: The threads that compute at the same time.
  /// - Throws: `SystemRefusal`.
  package func reserve(callers: Int) throws {
    if self == .openblas { try OpenBLAS.reserveBuffers(callers: callers) }
  }

  /// The leaves of a batch that are never divided among workers; if more than one, those of every shard.
  ///
  /// A row of OpenBLAS's product may depend on the number of rows, so its products are always of one
  /// block.
  package var unitLeaves: Int {
    switch self {
    case .native: 1
    case .openblas: LeafPlan.blockLeaves
    }
  }

  /// The panels in which the right matrix of products is stored.
  ///
  /// - Parameters:
  ///   - rows: The number of rows of the matrix.
  ///   - columns: The number of columns of the matrix.
  /// - Returns: Its panels; a single one for ``openblas``.
  package func panels(rows: Int, columns: Int) -> Panels {
    switch self {
    case .native: Panels(rows: rows, columns: columns, width: Int(PRODUCT_PANEL))
    case .openblas: Panels(rows: rows, columns: columns, width: columns)
    }
  }
}

extension Engine: SettingValue {
  package init?(_ value: Setting.Value) {
    guard case .text(let name) = value else { return nil }
    self.init(rawValue: name)
  }

  package var settingValue: Setting.Value { .text(rawValue) }
}

extension SettingRange where Value == Engine {
  /// Both engines.
  package static var any: Self {
    Self(Engine.allCases.map(\.rawValue).joined(separator: " or ")) { _ in true }
  }
}

/// Matrix multiplication by the program's own kernels.
///
/// Each element of a product is one chain of fused multiply-adds in the order of k.
enum NativeProduct {
  /// Computes C = A B with B stored in panels.
  ///
  /// - Parameters:
  ///   - m: The number of rows of C.
  ///   - a: A, (m, panels.rows), row-major.
  ///   - panels: The layout of B, with panels as wide as the kernel's.
  ///   - b: B, (panels.rows, panels.columns), stored in panels.
  ///   - c: C, (m, panels.columns), row-major, overwritten.
  static func multiply(
    m: Int, _ a: UnsafePointer<Float>, _ panels: Panels, _ b: UnsafePointer<Float>,
    into c: UnsafeMutablePointer<Float>
  ) {
    let depth = panels.rows
    let whole = panels.columns / panels.width * panels.width
    if whole > 0 {
      kernel_product(
        Int64(m), Int64(whole), Int64(depth), Int64(PRODUCT_DEPTH), a, Int64(depth), 1, b,
        Int64(panels.width), Int64(panels.width * depth), c, Int64(panels.columns))
    }
    // The rows of the last panel are shorter.
    let rest = panels.columns - whole
    if rest > 0 {
      kernel_product(
        Int64(m), Int64(rest), Int64(depth), Int64(PRODUCT_DEPTH), a, Int64(depth), 1,
        b + whole * depth, Int64(rest), Int64(panels.width), c + whole, Int64(panels.columns))
    }
  }

  /// Computes C = A^T B, for columns of A and B, as the pairwise sum over blocks of their rows.
  ///
  /// - Parameters:
  ///   - m: The number of columns of A that are used, and of rows of C.
  ///   - n: The number of columns of B that are used, and of C.
  ///   - k: The number of rows of A and B.
  ///   - block: The number of rows of a block.
  ///   - a: The first used column of A.
  ///   - strideA: The distance between rows of A, in floats.
  ///   - b: The first used column of B.
  ///   - strideB: The distance between rows of B, in floats.
  ///   - c: C, (m, n), row-major and dense; overwritten.
  static func multiplyTransposed(
    m: Int, n: Int, k: Int, block: Int, _ a: UnsafePointer<Float>, strideA: Int,
    _ b: UnsafePointer<Float>, strideB: Int, into c: UnsafeMutablePointer<Float>
  ) {
    kernel_product(
      Int64(m), Int64(n), Int64(k), Int64(block), a, 1, Int64(strideA), b, Int64(strideB),
      Int64(PRODUCT_PANEL), c, Int64(n))
  }
}
