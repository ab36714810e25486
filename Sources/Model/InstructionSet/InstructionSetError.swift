import Files

/// An instruction set that cannot be used.
package enum InstructionSetError: MessageError, Sendable, Equatable {
  /// The CPU is not an x86-64 CPU.
  case otherArchitecture(InstructionSet)
  /// The CPU lacks features, or the operating system does not support them.
  case unsupported(InstructionSet, missing: [String])

  /// The message, with the names of settings in backquotes.
  package var description: String { message.description }

  /// The error in one line.
  package var message: Message {
    switch self {
    case .otherArchitecture(let set):
      "\(setting: "isa") \(set.rawValue): this CPU is not an x86-64 CPU; expected auto or baseline"
    case .unsupported(let set, []):
      "\(setting: "isa") \(set.rawValue): this CPU or its operating system does not support it"
    case .unsupported(let set, let missing):
      "\(setting: "isa") \(set.rawValue): this CPU lacks \(missing.joined(separator: ", ")), "
        + "without which the kernels stop with an illegal instruction"
    }
  }
}
