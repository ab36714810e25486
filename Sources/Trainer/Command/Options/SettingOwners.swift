import Files
import Model
import Training

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
