import Files
import ImageData
import Model
import Pages
import Parallel
import Runs
import Training

extension Message {
  /// The option of a setting; settings have their options' long names.
  static func option(_ setting: String) -> String { "--\(setting)" }

  /// The text with settings as they are typed.
  var asTyped: String { spelled(Self.option) }
}

/// An error as the command says it: with options, and with commands that help.
func words(of error: any Error) -> String {
  let text = (error as? any MessageError)?.message.asTyped ?? "\(error)"
  switch error {
  case let error as FileError: return TrainerError(error).description
  case let error as CompressionError where error.isRefusal:
    return "\(text) (\(MemoryLimit.explanation))"
  case let error as DataError: return text + (error.missing?.hint ?? "")
  case let error as CheckpointError:
    return "\(text): trainer --output \(error.directory ?? "DIR") --resume"
  default: return text
  }
}

extension DataError.MissingData {
  /// How to get it, to follow the error.
  fileprivate var hint: String {
    switch self {
    case .datasets(let known):
      let commands = known.flatMap(\.commands).map { "\n  \($0)" }.joined()
      return (commands.isEmpty ? "" : "\nThese commands get the data:\(commands)")
        + "\nA directory with the four IDX files can be given with --data."
    case .name: return ", or a directory given with --data"
    case .files(let known):
      let commands = known.commands.map { "`\($0)`" }
      return "; to get them: \(commands.joined(separator: " or "))"
    case .usualNames(let others): return others.hint
    case .directory:
      return "\n`trainer data import` makes such a directory from images, CSV or NPZ files."
    }
  }
}

extension OtherNames {
  /// What to do with the files.
  fileprivate var hint: String {
    if let transposed {
      return
        "\nThe files \(names.map(\.found).joined(separator: ", ")) have the names of "
        + "\(transposed.title) as published, with rows and columns of the images swapped. This "
        + "command gets upright images:\n  trainer data fetch \(transposed.name)"
    }
    let commands = names.map { "\n  mv \($0.found) \($0.usual)" }.joined()
    return
      "\nThese files seem to be the same under other names; rename them in \(directory):\(commands)"
  }
}

extension KnownDataset {
  /// Commands that get the data set, the easiest first.
  fileprivate var commands: [String] {
    [systemPackage.map { "apt-get install \($0)" }, "trainer data fetch \(name)"].compactMap(\.self)
  }
}

extension Setting {
  /// The setting as a command line has it.
  var argument: String {
    switch value {
    case .flag(true): "--\(name)"
    case .flag(false): "--no-\(name)"
    default: "--\(name)=\(value)"
    }
  }
}
