import Files

/// A core that cannot be used.
package enum BLASCoreError: MessageError, Sendable, Equatable {
  /// No OpenBLAS 0.3 has a core of this name.
  case unknownName(String)
  /// The CPU lacks instructions that the core uses, so it would stop with SIGILL.
  case missingInstructions(core: String, flags: [String])

  /// The message, with the names of settings in backquotes.
  package var description: String { message.description }

  /// The error in one line.
  package var message: Message {
    switch self {
    case .unknownName(let name):
      "\(setting: "blas-core") is \(name); it must be auto or one of "
        + "\(BLASCore.all.map(\.name).joined(separator: ", "))"
    case .missingInstructions(let core, let flags):
      "\(setting: "blas-core") \(core): this CPU lacks \(flags.joined(separator: ", ")), "
        + "without which the core stops with an illegal instruction"
    }
  }
}
