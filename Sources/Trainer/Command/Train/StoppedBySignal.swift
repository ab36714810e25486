import Files
import Glibc
import Model
import Training

/// A run that a signal ended between two steps, with a checkpoint to resume from.
struct StoppedBySignal: Error, CustomStringConvertible {
  let signal: Int32
  let step: Int
  let epoch: Int
  let directory: String
  /// The options that a directory does not record, with their values.
  private let options: [Setting]

  /// Describes a stop.
  ///
  /// - Parameters:
  ///   - run: The run, between two steps.
  ///   - signal: The signal, which one of the ranks has caught.
  ///   - directory: The run's directory.
  ///   - options: The options that must be given again.
  init(_ run: TrainingRun, signal: Int32, directory: String, options: [Setting] = []) {
    self.signal = signal
    step = run.position.step
    epoch = run.position.epoch
    self.directory = directory
    self.options = options
  }

  /// The documented exit code.
  var exitCode: Int32 { signal == SIGINT ? 130 : 75 }

  /// The signal's name.
  var signalName: String { Self.name(of: signal) }

  /// A signal's name.
  static func name(of signal: Int32) -> String {
    switch signal {
    case SIGTERM: "SIGTERM"
    case SIGINT: "SIGINT"
    case SIGUSR1: "SIGUSR1"
    case SIGHUP: "SIGHUP"
    default: "signal \(signal)"
    }
  }

  var description: String {
    """
    trainer: stopped by \(signalName) after step \(step), in epoch \(epoch)
    resume with: \(resumeCommand)
    """
  }

  /// The command that resumes the run, for a shell.
  var resumeCommand: String {
    ShellText.command(
      [Self.program] + Self.words(Setting("output", .text(directory))) + ["--resume"]
        + options.flatMap(Self.words))
  }

  /// An option and its value; one word if the value would be taken for an option.
  private static func words(_ option: Setting) -> [String] {
    let value = option.value.description
    return value.hasPrefix("-") ? ["--\(option.name)=\(value)"] : ["--\(option.name)", value]
  }

  /// The program as it was called.
  private static var program: String {
    CommandLine.arguments.first.flatMap { $0.isEmpty ? nil : $0 } ?? "trainer"
  }
}
