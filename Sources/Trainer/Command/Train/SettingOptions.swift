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
    self.init(
      name: .customLong(declared.name), parsing: .unconditional,
      help: ArgumentHelp(
        SettingHelp.text([words, declared.limits], default: standard, note: note),
        valueName: value))
  }

  /// An option for a setting of update rules or schedules; limits, owners and defaults are those of their
  /// declarations.
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

/// Update rules or schedules, as owners of settings that not all of them have.
struct SettingOwners {
  /// The option that chooses one.
  private let option: String
  private let all: [(name: String, settings: [DeclaredValue])]

  /// The update rules.
  static let optimizers = SettingOwners(
    option: "--optimizer",
    all: OptimizerKind.allCases.map { ($0.rawValue, Optimizer($0).settings) })

  /// The learning-rate schedules.
  static let schedules = SettingOwners(
    option: "--lr-schedule",
    all: LearningRateSchedule.Kind.allCases.map {
      ($0.rawValue, LearningRateSchedule($0).settings)
    })

  /// The help of a setting: its limits, who has it, and the defaults.
  ///
  /// - Parameters:
  ///   - name: The setting, which one of them has.
  ///   - words: What it is, without limits and default.
  ///   - note: Sentences after them.
  /// - Returns: The text.
  func help(of name: String, _ words: String, note: String? = nil) -> String {
    let found = all.compactMap { owner in
      owner.settings.first { $0.name == name }.map { (owner: owner.name, value: $0) }
    }
    guard let limits = found.first?.value.limits else {
      preconditionFailure("no value of \(option) has a setting \(name)")
    }
    var groups: [(owners: [String], value: Setting.Value)] = []
    for (owner, declared) in found {
      if groups.last?.value == declared.value {
        groups[groups.count - 1].owners.append(owner)
      } else {
        groups.append(([owner], declared.value))
      }
    }
    let isForAll = found.count == all.count
    let standard =
      groups.count == 1
      ? "\(groups[0].value)"
      : groups.map { "\(SettingHelp.list($0.owners)) \($0.value)" }.joined(separator: "; ")
    return SettingHelp.text(
      [words, limits] + (isForAll ? [] : ["for \(SettingHelp.list(found.map(\.owner)))"]),
      default: standard, note: note)
  }

  /// The error about a setting that the chosen one does not have.
  ///
  /// - Parameters:
  ///   - name: The setting.
  ///   - chosen: The one that is chosen, of those that the option can choose.
  /// - Returns: The error, which lists the settings that it has.
  func refusal(of name: String, by chosen: String) -> TrainerError {
    let names = all.first { $0.name == chosen }?.settings.map { "--\($0.name)" } ?? []
    return TrainerError(
      .usage,
      "--\(name) has no meaning for \(option) \(chosen), "
        + (names.isEmpty
          ? "which has no settings" : "whose settings are \(names.joined(separator: ", "))"))
  }
}

/// The help of settings.
enum SettingHelp {
  /// A sentence about a setting, with its default.
  ///
  /// - Parameters:
  ///   - parts: What it is and may be; empty parts are left out.
  ///   - standard: The default.
  ///   - note: Sentences after it.
  /// - Returns: The text.
  static func text(
    _ parts: [String], default standard: String, note: String? = nil
  ) -> String {
    let sentence = parts.filter { !$0.isEmpty }.joined(separator: ", ")
    return "\(sentence) (default: \(standard))." + (note.map { " " + $0 } ?? "")
  }

  /// Names in words, such as "sgd, adam and adamw".
  ///
  /// - Parameter names: The names.
  /// - Returns: The words.
  static func list(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.joined() }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }
}
