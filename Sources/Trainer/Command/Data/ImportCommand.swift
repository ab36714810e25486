import ArgumentParser
import Files
import Foundation
import ImageData
import Importing
import Training

/// The command `trainer data import`.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Make a data set from your own images.",
    discussion: """
      The source is a folder that has a folder of PNG, PGM or PPM images for each class, perhaps \
      within folders train and test; a CSV file with a line for each image, its label and the \
      values of its pixels, like Kaggle's MNIST; or an NPZ file like that of Keras' MNIST or of \
      MedMNIST. Without test images, some images of each class are chosen as the test set. \
      Everything is checked before anything is written.

        trainer data import photos --output data/photos --resize 64x64
        trainer data import train.csv --test 20% --output data/digits
        trainer data import mnist.npz --output data/mnist
        trainer --data data/photos --model cnn
      """)

  @Argument(
    help: ArgumentHelp("A folder of images, a CSV file or an NPZ file.", valueName: "source"),
    completion: .file())
  var source: String

  @Option(
    help: ArgumentHelp("The new directory of the data set.", valueName: "dir"),
    completion: .directory)
  var output: String

  @Option(
    help: ArgumentHelp("A second folder or CSV file, with the test images.", valueName: "source"),
    completion: .file())
  var testSource: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many images become the test set if the source has none: a number, or a percentage "
        + "(default: \(TestShare.standard)).", valueName: "n|p%"))
  var test: TestShareText?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of the choice of test images (default: 0).", valueName: "n"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "What images for validation become: training images, the test set, or nothing "
        + "(default: training).", valueName: "set"))
  var validationSet: ImportRequest.ValidationUse?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rows and columns that images must have, and channels if there are several, such as 32x32x3 "
        + "(default: those of the first image; square in CSV).", valueName: "size"))
  var size: ImageExtents?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Resize images to these rows and columns; the ratio of the sides is not kept.",
      valueName: "size"))
  var resize: ImageExtents?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "1 makes the images of a folder gray, 3 colored (default: all must be like the first).",
      valueName: "n"))
  var channels: Int?

  func run() throws {
    let request = try request()
    guard try AtomicFolder.isFree(path: output) else {
      throw TrainerError(
        .usage, "--output is \(output), which exists; it must be a new or an empty directory")
    }
    if let testSource, PathNames.areSame(source, testSource) {
      throw TrainerError(
        .usage,
        "--test-source is \(testSource), the source itself; the test images must be others")
    }
    try requireOutsideOfSources()
    try OutputPath(option: "--output", path: output).check()
    try AtomicFolder.check(path: output)
    StopSignals.catchAll(endsHangs: true, includesHangup: true)
    defer { StopSignals.release() }
    do {
      let progress = Self.progress
      let imported = try DatasetImporter.read(request, for: output, progress: progress)
      try DatasetImporter.write(imported.dataset, progress: progress)
      Console.eraseProgress()
      for note in imported.notes { Console.warning(note) }
      try Console.result(DatasetText.lines(imported.dataset))
    } catch let error as DataError where error.kind == .stopped {
      throw InterruptedWork(
        result: "nothing was written", signal: StopSignals.caught ?? SIGTERM)
    }
  }

  /// Refuses an output within a source, which could not be read again: its own output would be
  /// among the folders of classes.
  private func requireOutsideOfSources() throws {
    for (folder, words) in [(source, "the source"), (testSource ?? "", "--test-source")]
    where FileSystems.current.isFolder(folder) && PathNames.isWithin(output, folder) {
      throw TrainerError(
        .usage, "--output is \(output), which is within \(words) \(folder); it must be elsewhere")
    }
  }

  private func request() throws -> ImportRequest {
    if let channels, channels != 1, channels != 3 {
      throw TrainerError(.usage, "--channels is \(channels); it must be 1 or 3")
    }
    if let resize, resize.size.channels != 1 {
      throw TrainerError(
        .usage, "--resize is \(resize.size.compact); it must be rows and columns, as 32x32")
    }
    if let channels, let size, size.size.channels != 1, size.size.channels != channels {
      throw TrainerError(
        .usage, "--size is \(size.size.compact), but --channels is \(channels)")
    }
    var request = ImportRequest(source: source)
    request.testSource = testSource
    request.size = size?.size
    request.resized = resize?.size
    request.channels = channels
    request.testShare = test?.share
    request.seed = seed
    request.validationUse = validationSet
    return request
  }

  /// Draws progress on a terminal.
  private static func progress(_ news: ImportProgress) {
    guard Console.canRedraw else { return }
    let line =
      switch news {
      case .read(let count, let total):
        "read \(count)\(total.map { " of \($0)" } ?? "") images"
      case .writing: "writing"
      }
    Console.drawProgress { columns in String(line.prefix(columns)) }
  }
}

/// The value of `--test`.
struct TestShareText: ExpressibleByArgument {
  let share: TestShare

  init?(argument: String) {
    guard let share = TestShare(argument) else { return nil }
    self.share = share
  }
}

extension ImportRequest.ValidationUse: NamedChoice {}
