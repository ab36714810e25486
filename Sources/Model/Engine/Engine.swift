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

  /// The leaves of a batch that are never divided among workers; if more than one, those of every
  /// shard.
  ///
  /// A row of OpenBLAS's product may depend on the number of rows, so its products are always of
  /// one block.
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
