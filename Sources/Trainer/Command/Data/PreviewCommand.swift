import ArgumentParser
import Files
import ImageData
import Parallel
import Runs
import Training

/// The command `trainer data preview`.
struct PreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Show training images as --augment, --mixup and --cutmix change them.",
    discussion: """
      Writes a page with the first training images, and the same ones in several epochs of a run. \
      Beneath mixed images are the shares of their classes.

        trainer data preview --augment "rotate 15, shift 2" --output page.html
        trainer data preview --mixup 0.2 --cutmix 1 --output page.html
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var samples: SampleOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The number of images, 1 to \(Self.mostImages).", valueName: "n"))
  var count = 12

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The seed of the run.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The first epoch that is shown, 1 to \(Self.lastEpoch).", valueName: "n"))
  var epoch = 1

  @Option(
    help: ArgumentHelp("The page; an existing file is replaced.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String

  private static let mostImages = 1_000
  private static let lastEpoch = 1_000_000
  private static let epochCount = 8

  func run() throws {
    try require((1...Self.mostImages).contains(count), "count", count, "1 to \(Self.mostImages)")
    try require((1...Self.lastEpoch).contains(epoch), "epoch", epoch, "1 to \(Self.lastEpoch)")
    var configuration = TrainingConfiguration(threads: 1)
    configuration.seed = seed
    try samples.apply(to: &configuration)
    guard configuration.changesSamples else {
      throw TrainerError(.usage, "--augment, --mixup or --cutmix is needed: what is to be shown")
    }
    try configuration.validate(sampleCount: nil)
    let file = OutputPath(option: "--output", path: output)
    try file.check()
    try AtomicFile.checkReplaceable(path: output)
    let location = try data.locate()
    try [file].requireApart(from: location)
    let dataset = try Dataset.load(from: location)
    let page = try AugmentationPage(
      configuration, dataset, sampleCount: min(count, dataset.training.count),
      epochs: epoch..<epoch + Self.epochCount)
    try page.write(path: output)
    try Console.result(
      "\(output): \(counted(page.sampleCount, "image")) in epochs \(epoch) to "
        + "\(epoch + Self.epochCount - 1)")
  }

  private func require(
    _ condition: Bool, _ option: String, _ found: Int, _ expected: String
  ) throws {
    guard condition else {
      throw TrainerError(.usage, "--\(option) is \(found); it must be from \(expected)")
    }
  }
}
