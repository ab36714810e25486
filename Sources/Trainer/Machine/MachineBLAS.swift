import Files
import Model

/// The OpenBLAS library that a run uses.
package struct MachineBLAS: Codable, Sendable, Equatable {
  /// The version.
  package var version: String
  /// The core: the kernels for one CPU architecture.
  ///
  /// Another core gives different bits.
  package var core: String
  /// The threading of the build: `pthreads`, `OpenMP` or `serial`; nil in older records.
  package var variant: String?
  /// The origin of the choice of the core.
  package var chosenBy: BLASCoreOrigin

  enum CodingKeys: String, CodingKey {
    case version, core, variant
    case chosenBy = "chosen_by"
  }

  /// Describes the library of this process; loads it if it is not loaded.
  ///
  /// - Parameter option: The core that was asked for; nil for `auto`.
  /// - Returns: The description.
  package static func current(option: String?) -> MachineBLAS {
    MachineBLAS(
      version: OpenBLAS.version, core: OpenBLAS.coreName, variant: OpenBLAS.variant,
      chosenBy: BLASCoreSelection.current().origin(option: option))
  }
}

extension BLASCoreOrigin {
  /// The origin of the choice of OpenBLAS's core, in words.
  package var explanation: Message {
    switch self {
    case .automatic: "OpenBLAS's own choice"
    case .corrected: "the trainer's choice: OpenBLAS does not know this CPU"
    case .option: "chosen with \(setting: "blas-core")"
    case .environment: "chosen with \(BLASCoreSelection.variable)"
    }
  }
}

extension Machine {
  /// The engine that computes matrix products, in words.
  ///
  /// - Parameter engine: The engine.
  /// - Returns: The engine with its kernels: `native engine (v4)` or `OpenBLAS 0.3.21 SkylakeX`.
  package func words(of engine: Engine) -> String {
    switch engine {
    case .native: "native engine (\(instructionSet?.rawValue ?? "baseline"))"
    case .openblas: openBLAS.map { "OpenBLAS \($0.version) \($0.core)" } ?? "OpenBLAS"
    }
  }
}
