import Files

/// A setting of a run, an update rule or a schedule, declared once.
///
/// Its owner is the type that has the setting as a property; the property's initial value is the
/// default. Validation, records and whoever shows settings take the rest from here.
package struct DeclaredSetting<Owner: Sendable>: Sendable {
  /// The name: a key of configuration files and records, and how messages name the setting.
  package let name: String
  /// The effect of a change of the setting on a run that is resumed.
  package let role: Setting.Role
  /// The allowed values in words; empty for any value.
  package let limits: String
  /// The owner's property.
  package let path: any AnyKeyPath & Sendable
  private let read: @Sendable (Owner) -> (value: Setting.Value, isAllowed: Bool)?
  private let write: @Sendable (inout Owner, Setting.Value) -> Bool

  /// Declares a setting that always has a value.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - range: The values that it may have.
  ///   - path: The owner's property.
  ///   - role: What a change means to a run that is resumed.
  package init<Value: SettingValue>(
    _ name: String, _ range: SettingRange<Value>,
    _ path: any WritableKeyPath<Owner, Value> & Sendable, role: Setting.Role = .result
  ) {
    self.name = name
    self.role = role
    limits = range.words
    self.path = path
    read = { owner in
      let value = owner[keyPath: path]
      return (value.settingValue, range.contains(value))
    }
    write = { owner, value in
      guard let value = Value(value) else { return false }
      owner[keyPath: path] = value
      return true
    }
  }

  /// Declares a setting that has no value by default.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - range: The values that it may have.
  ///   - path: The owner's property, nil for no value.
  ///   - role: What a change means to a run that is resumed.
  package init<Value: SettingValue>(
    _ name: String, _ range: SettingRange<Value>,
    _ path: any WritableKeyPath<Owner, Value?> & Sendable, role: Setting.Role = .result
  ) {
    self.name = name
    self.role = role
    limits = range.words
    self.path = path
    read = { owner in
      owner[keyPath: path].map { ($0.settingValue, range.contains($0)) }
    }
    write = { owner, value in
      guard let value = Value(value) else { return false }
      owner[keyPath: path] = value
      return true
    }
  }

  /// The setting of an owner.
  ///
  /// - Parameter owner: The owner.
  /// - Returns: Its value and limits; nil if it has no value.
  package func value(of owner: Owner) -> DeclaredValue? {
    read(owner).map {
      DeclaredValue(
        setting: Setting(name, $0.value, role), limits: limits, isAllowed: $0.isAllowed)
    }
  }

  /// Changes the setting of an owner.
  ///
  /// - Parameters:
  ///   - value: The new value, which is not checked.
  ///   - owner: The owner to change.
  /// - Returns: False if the value is of another type; nothing has changed then.
  package func set(_ value: Setting.Value, of owner: inout Owner) -> Bool {
    write(&owner, value)
  }
}

/// The value of a declared setting.
package struct DeclaredValue: Sendable {
  /// The name, the value and the role.
  package let setting: Setting
  /// The allowed values in words; empty for any value.
  package let limits: String
  /// Whether the value is one of them.
  package let isAllowed: Bool

  /// The setting's name.
  package var name: String { setting.name }
  /// The value.
  package var value: Setting.Value { setting.value }
}

/// A type that the value of a declared setting can have.
package protocol SettingValue: Sendable {
  /// Takes the value from a record's or a user's.
  ///
  /// - Parameter value: The value; nil is returned if it is of another type.
  init?(_ value: Setting.Value)
  /// The value as files and records have it.
  var settingValue: Setting.Value { get }
}

/// A value with a grammar of its own: files and records have its text.
package protocol TextSettingValue: SettingValue, CustomStringConvertible {
  /// Parses a text; printing and parsing are inverse.
  ///
  /// - Parameter text: The text.
  /// - Throws: ``SyntaxError``.
  init(_ text: String) throws(SyntaxError)
}

extension TextSettingValue {
  package init?(_ value: Setting.Value) {
    guard case .text(let text) = value else { return nil }
    do {
      try self.init(text)
    } catch {
      return nil
    }
  }

  package var settingValue: Setting.Value { .text(description) }
}

extension Int: SettingValue {
  package init?(_ value: Setting.Value) {
    guard case .integer(let number) = value else { return nil }
    self = number
  }

  package var settingValue: Setting.Value { .integer(self) }
}

extension UInt64: SettingValue {
  package init?(_ value: Setting.Value) {
    guard case .unsigned(let number) = value else { return nil }
    self = number
  }

  package var settingValue: Setting.Value { .unsigned(self) }
}

extension Double: SettingValue {
  package init?(_ value: Setting.Value) {
    guard case .number(let number) = value else { return nil }
    self = number
  }

  package var settingValue: Setting.Value { .number(self) }
}

extension Bool: SettingValue {
  package init?(_ value: Setting.Value) {
    guard case .flag(let isOn) = value else { return nil }
    self = isOn
  }

  package var settingValue: Setting.Value { .flag(self) }
}
