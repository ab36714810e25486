import ArgumentParser
import Model
import Training

extension Option {
  /// An option for a setting of a run; name, limits and default are those of its declaration.
  ///
  /// - Parameters:
  ///   - path: The configuration's property, which `TrainingConfiguration.declarations` has.
  ///   - words: What the setting is, without limits and default.
  ///   - value: The placeholder for its value in the help.
  ///   - standard: The default in words, if it is more than the property's.
  ///   - note: Sentences after the limits and the default.
  init<T: ExpressibleByArgument>(
    _ path: KeyPath<TrainingConfiguration, T>, _ words: String, value: String,
    default standard: String? = nil, note: String? = nil
  ) where Value == T? {
    self.init(
      declared: .declaration(of: path), words, value: value, default: standard, note: note)
  }

  /// An option for a setting of a run that has no value by default.
  ///
  /// - Parameters:
  ///   - path: The configuration's property, which `TrainingConfiguration.declarations` has.
  ///   - words: What the setting is, without limits and default.
  ///   - value: The placeholder for its value in the help.
  ///   - note: Sentences after the limits and the default.
  init<T: ExpressibleByArgument>(
    _ path: KeyPath<TrainingConfiguration, T?>, _ words: String, value: String,
    note: String? = nil
  ) where Value == T? {
    self.init(declared: .declaration(of: path), words, value: value, default: nil, note: note)
  }

  private init<T: ExpressibleByArgument>(
    declared: DeclaredSetting<TrainingConfiguration>, _ words: String, value: String,
    default standard: String?, note: String?
  ) where Value == T? {
    let standard = standard ?? declared.value(of: .standard)?.value.description ?? "none"
    // The parser lists values that have names.
    let limits = T.allValueStrings.isEmpty ? declared.limits : ""
    self.init(
      name: .customLong(declared.name), parsing: .unconditional,
      help: ArgumentHelp(
        SettingHelp.text([words, limits], default: standard, note: note),
        valueName: value))
  }

  /// An option for a setting of update rules or schedules; limits, owners and defaults are those of
  /// their declarations.
  ///
  /// - Parameters:
  ///   - name: The setting's name.
  ///   - owners: The rules or schedules.
  ///   - words: What the setting is, without limits and default.
  ///   - value: The placeholder for its value in the help.
  ///   - alias: Another name of the option.
  ///   - note: Sentences after the limits and the default.
  init<T: ExpressibleByArgument>(
    _ name: String, of owners: SettingOwners, _ words: String, value: String,
    alias: String? = nil, note: String? = nil
  ) where Value == T? {
    self.init(
      name: NameSpecification(([name] + [alias].compactMap(\.self)).map { .customLong($0) }),
      parsing: .unconditional,
      help: ArgumentHelp(owners.help(of: name, words, note: note), valueName: value))
  }
}

extension Flag where Value == Bool? {
  /// A flag and its opposite for a setting of a run; name and default are those of its declaration.
  ///
  /// - Parameters:
  ///   - path: The configuration's property, which `TrainingConfiguration.declarations` has.
  ///   - words: What the flag and its opposite do.
  init(_ path: KeyPath<TrainingConfiguration, Bool>, _ words: String) {
    let declared = DeclaredSetting.declaration(of: path)
    let standard = declared.value(of: .standard)?.setting.argument ?? "none"
    self.init(
      name: .customLong(declared.name), inversion: .prefixedNo, exclusivity: .chooseLast,
      help: ArgumentHelp(SettingHelp.text([words], default: standard)))
  }
}

extension DeclaredSetting<TrainingConfiguration> {
  fileprivate static func declaration(of path: PartialKeyPath<TrainingConfiguration>) -> Self {
    TrainingConfiguration.declaration(of: path)
  }
}
