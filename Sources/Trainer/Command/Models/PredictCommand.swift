import ArgumentParser
import Files
import ImageData
import Model
import Parallel
import Runs
import Training

/// The command `trainer predict`.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Predict the classes of images with saved models.",
    discussion: """
      Inputs are IDX files of images, or PGM, PPM or PNG images; they may be compressed with gzip. \
      The format is recognized by the content. Images must have the size of the training images, \
      and be light on a dark background, as in MNIST. Each line of output has the name of the \
      input, with the image's number if there are several, the class, by its name if that is \
      known, and its probability, separated by tabs; with several models a last field says how \
      many of them predict this class.

        trainer predict --model model.safetensors t10k-images-idx3-ubyte.gz
        trainer predict --model model.safetensors --invert --top 3 scan.png
        magick a.jpg -resize '28x28!' pgm:- | trainer predict --model runs/a --json
      """)

  @OptionGroup(title: GroupTitle.models) var ensemble: EnsembleOptions

  @Argument(
    help: ArgumentHelp(
      "Files, pipes, or - for standard input (default: standard input).", valueName: "input"),
    completion: .file())
  var inputs: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Show the K most probable classes and their probabilities.", valueName: "k"))
  var top: Int?

  @Flag(help: "Show the probabilities of all classes, in their order, as --json always does.")
  var probabilities = false

  @Flag(help: "Print a JSON object for each image.")
  var json = false

  @Flag(help: "Invert the images, if they are dark on light.")
  var invert = false

  @Option(
    help: ArgumentHelp(
      "Show class names from a file with one name per line (default: those that the model has).",
      valueName: "file"),
    completion: .file())
  var labels: String?

  @OptionGroup(title: GroupTitle.execution) var threads: ThreadsOption
  @OptionGroup(title: GroupTitle.execution) var kernels: SavedModelKernels

  func run() throws {
    let usable = UsableCPUs.current()
    let threads = try self.threads.count(default: usable.count)
    if top != nil && probabilities && !json {
      throw TrainerError(
        .usage, "--top and --probabilities exclude each other in text output; --json shows both")
    }
    let views = try ensemble.views()
    let models = try ensemble.models()
    try kernels.select(for: models, isQuiet: true)
    try EnsembleOptions.requireMemory(
      for: models, rows: threads * Predictor.shardSize, usable: usable)
    let predictor = Predictor(
      try Ensemble(
        models.map(\.member), views: views, threads: threads, coreCount: usable.count,
        engine: kernels.engine))
    if let top, !(1...predictor.classCount).contains(top) {
      throw TrainerError(
        .usage,
        "--top is \(top); it must be from 1 to \(predictor.classCount), the model's classes")
    }
    let names = try labels.map { path throws(DataError) in
      try ClassNames.read(path: path, classCount: predictor.classCount)
    }
    var lines = PredictionLines(
      isJSON: json, top: top, showsProbabilities: probabilities,
      names: names ?? models[0].data?.classNames, showsVotes: models.count > 1)
    let run = PredictionRun(predictor: predictor, inverts: invert) { predictions in
      try Console.result(predictions.map { lines.line($0) })
    }
    try predict(inputs.isEmpty ? ["-"] : inputs, by: run)
  }

  /// Continues after an input that cannot be read, and ends with the exit code of the first such
  /// error.
  private func predict(_ inputs: [String], by run: PredictionRun) throws {
    var problems: [DataError] = []
    for input in inputs {
      let problem = try run.add(input) { () throws(DataError) -> ImageReader in
        try input == "-"
          ? .standardInput(wantsColor: run.wantsColor)
          : ImageReader(path: input, wantsColor: run.wantsColor)
      }
      guard let problem else { continue }
      // Earlier predictions are printed before the message.
      try run.flush()
      if inputs.count == 1 { throw problem }
      Console.error(words(of: problem))
      problems.append(problem)
    }
    try run.flush()
    if let first = problems.first {
      throw TrainerError(
        first.code, "\(problems.count) of \(inputs.count) inputs could not be read to the end")
    }
  }
}
