import Model

extension BLASCoreOrigin {
  /// The origin of the choice of OpenBLAS's core, in words.
  package var explanation: String {
    switch self {
    case .automatic: "OpenBLAS's own choice"
    case .corrected: "the trainer's choice: OpenBLAS does not know this CPU"
    case .option: "chosen with --blas-core"
    case .environment: "chosen with \(BLASCoreSelection.variable)"
    }
  }
}
