/// One effective setting of a run.
package struct Setting: Sendable, Equatable {
  /// The effect of a change of the setting on a run that is resumed.
  package enum Role: Sendable {
    /// Another value gives another result.
    case result
    /// It decides when to stop; a resumed run may have another.
    case length
    /// It decides how the result is computed, and never changes it.
    case execution
  }

  /// A value as configuration files and records have it.
  package enum Value: Sendable, Equatable, CustomStringConvertible {
    /// A count.
    case integer(Int)
    /// The seed, of 64 bits.
    case unsigned(UInt64)
    /// A number.
    case number(Double)
    /// On or off.
    case flag(Bool)
    /// A name.
    case text(String)

    /// The bare value as text.
    package var description: String {
      switch self {
      case .integer(let value): "\(value)"
      case .unsigned(let value): "\(value)"
      case .number(let value): "\(value)"
      case .flag(let value): "\(value)"
      case .text(let value): value
      }
    }
  }

  /// The name: a key of configuration files and records, and how messages name the setting.
  package let name: String
  /// The value.
  package let value: Value
  /// The effect of a change.
  package let role: Role

  /// Creates a setting.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - value: The value.
  ///   - role: What a change would mean.
  package init(_ name: String, _ value: Value, _ role: Role = .result) {
    self.name = name
    self.value = value
    self.role = role
  }
}

extension Setting.Value: Codable {
  /// Encodes the bare value.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: What the encoder throws.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .integer(let value): try container.encode(value)
    case .unsigned(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .flag(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    }
  }

  /// Decodes a bare value; a whole number as a count.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DecodingError` for a value of another kind, or a number that no double can hold.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(UInt64.self) {
      self = .unsigned(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "found another kind of value, or a number that is too large, expected "
          + "a number, a text, true or false")
    }
  }
}
