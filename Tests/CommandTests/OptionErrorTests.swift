import TestSupport
import Testing

@Suite("Invalid options")
struct OptionErrorTests {
  private let folder: TemporaryFolder

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
  }

  private func run(_ options: String) async throws -> CommandResult {
    try await Command.run(
      ["--data", "small", "--save", "model", "--metrics", "metrics"]
        + options.split(separator: " ").map(String.init), in: folder)
  }

  @Test(
    "they end with code 64, name the option and what it must be, and leave no file",
    arguments: [
      ("--threads 0", "--threads is 0; it must be from 1 to 240"),
      ("--threads -1", "--threads is -1; it must be from 1 to 240"),
      ("--threads 241", "--threads is 241; it must be from 1 to 240"),
      ("--threads two", "The value 'two' is invalid for '--threads <n>'"),
      ("--threads 2.5", "The value '2.5' is invalid for '--threads <n>'"),
      ("--threads", "Missing value for '--threads <n>'"),
      ("--epochs 0", "--epochs is 0; it must be from 1"),
      ("--epochs -3", "--epochs is -3; it must be from 1"),
      ("--epochs 9223372036854775807", "--epochs is 9223372036854775807; it must be from 1 to"),
      ("--epochs 99999999999999999999", "'99999999999999999999' is invalid for '--epochs <n>'"),
      ("--steps 0", "--steps is 0; it must be at least 1"),
      ("--steps -1", "--steps is -1; it must be at least 1"),
      ("--batch-size 0", "--batch-size is 0; it must be at least 1"),
      ("--batch-size -5", "--batch-size is -5; it must be at least 1"),
      ("--batch-size 601", "--batch-size is 601; it must be from 1 to 600"),
      ("--batch-size 1", "--batch-size 1 leaves a batch of one sample"),
      ("--batch-size 599", "--batch-size 599 leaves a batch of one sample"),
      ("--shard-size 0", "--shard-size is 0; it must be auto, or from 1 to 1048576"),
      ("--shard-size 9223372036854775807", "--shard-size is 9223372036854775807; it must be"),
      ("--hidden 0", "--hidden is [0]; it must be"),
      ("--hidden -4", "--hidden is [-4]; it must be"),
      ("--hidden 10,0", "--hidden is [10, 0]; it must be"),
      ("--hidden 65537", "--hidden is [65537]; it must be"),
      ("--hidden 10,", "The value '10,' is invalid for '--hidden <list>'"),
      ("--hidden ten", "The value 'ten' is invalid for '--hidden <list>'"),
      ("--dropout 1", "--dropout is 1.0; it must be at least 0 and less than 1"),
      ("--dropout -0.1", "--dropout is -0.1; it must be"),
      ("--dropout nan", "--dropout is nan; it must be"),
      ("--dropout inf", "--dropout is inf; it must be"),
      ("--dropout-mode none", "one of 'inverted' and 'vanilla'"),
      ("--optimizer newton", "'newton' is invalid for '--optimizer <name>'"),
      ("--learning-rate 0", "--learning-rate is 0.0; it must be"),
      ("--lr -1", "--learning-rate is -1.0; it must be"),
      ("--lr nan", "--learning-rate is nan; it must be"),
      ("--lr inf", "--learning-rate is inf; it must be"),
      ("--lr 1e300", "--learning-rate is 1e+300; it must be"),
      ("--lr 1e-300", "--learning-rate is 1e-300; it must be"),
      ("--beta1 1", "--beta1 is 1.0; it must be"),
      ("--beta2 -1", "--beta2 is -1.0; it must be"),
      ("--epsilon -1", "--epsilon is -1.0; it must be"),
      ("--weight-decay inf", "--weight-decay is inf; it must be"),
      (
        "--weight-decay 1e39",
        "--weight-decay is 1e+39; it must be 0 or a single-precision number from 1.1754944e-38 to"
      ),
      ("--optimizer adam --epsilon 1e39", "--epsilon is 1e+39; it must be 0 or a single-precision"),
      ("--optimizer momentum --momentum 1", "--momentum is 1.0; it must be"),
      ("--optimizer rmsprop --decay-rate 2", "--decay-rate is 2.0; it must be"),
      ("--momentum 0.5", "--momentum has no meaning for --optimizer adam, whose settings are"),
      ("--optimizer sgd --beta1 0.5", "--beta1 has no meaning for --optimizer sgd"),
      ("--optimizer sgd --epsilon 1", "--epsilon has no meaning for --optimizer sgd"),
      ("--mixup 0", "--mixup is 0.0; it must be above 0 and at most 100"),
      ("--mixup -1", "--mixup is -1.0; it must be"),
      ("--mixup nan", "--mixup is nan; it must be"),
      ("--cutmix inf", "--cutmix is inf; it must be"),
      ("--cutmix 1e9", "--cutmix is 1000000000.0; it must be above 0 and at most 100"),
      ("--cutmix some", "The value 'some' is invalid for '--cutmix <a>'"),
      ("--cutmix", "Missing value for '--cutmix <a>'"),
      ("--seed -1", "The value '-1' is invalid for '--seed <n>'"),
      ("--seed 18446744073709551616", "is invalid for '--seed <n>'"),
      ("--pin near", "The value 'near' is invalid for '--pin <placement>'"),
      ("--pin near", "one of 'none', 'compact' or 'spread'"),
      ("--pin", "Missing value for '--pin <placement>'"),
      ("--engine mkl", "native"), ("--engine mkl", "openblas"),
      ("--blas-core Haswell", "--blas-core Haswell has no meaning for --engine native"),
      ("--isa v5", "The value 'v5' is invalid for '--isa <set>'"),
      ("--engine mkl", "native"), ("--engine mkl", "openblas"),
      ("--blas-core Haswell", "--blas-core Haswell has no meaning for --engine native"),
      ("--isa v5", "one of 'auto', 'v4', 'v3' or 'baseline'"),
      ("--engine openblas --blas-core i386", "--blas-core is i386; it must be auto or one of"),
      ("--no-such-option", "unknown option '--no-such-option'"),
      ("--batch 64", "unknown option '--batch'; did you mean '--batch-size' or '--batch-norm'?"),
      ("--Learning_Rate 1", "unknown option '--Learning_Rate'; did you mean '--learning-rate'?"),
      ("--optimiser sgd", "unknown option '--optimiser'; did you mean '--optimizer'?"),
      ("--gpu", "unknown option '--gpu'\n  Usage: trainer"),
      (
        "--early-stopping 3",
        "--early-stopping needs --validation N or --fold k/K, whose loss it watches"
      ),
      ("--average-statistics 9", "--average-statistics needs --ema or --average-from, whose"),
      (
        "--average-statistics 9 --ema 0.9 --model lenet",
        "--average-statistics needs a model with bn, which has the statistics that it estimates"
      ),
      ("--stratify", "--stratify needs --validation N or --fold k/K, whose samples it chooses"),
      ("--fold 1/5 --validation 9", "--fold is 1/5, but --validation is 9; only one of them"),
      ("--fold 0/5", "--fold is not a part of cross-validation:\n"),
      ("--fold 0/5", "^ character 1: found `0`, expected the number of a fold, from 1 to 5"),
      ("--fold 6/5", "^ character 1: found `6`, expected the number of a fold, from 1 to 5"),
      ("--fold 5", "^ character 2: found the end, expected `/` and the number of folds"),
      ("--fold 1/1", "^ character 3: found `1`, expected the number of folds, at least 2"),
      ("--fold a/b", "^ character 1: found `a`, expected the number of a fold, as in 1/5"),
      ("--fold -1/5", "^^ character 1: found `-1`, expected the number of a fold, as in 1/5"),
      (
        "--fold 1/601",
        "--fold is 1/601; it must be of at most 600 folds, the number of training samples"
      ),
      ("--fold", "Missing value for '--fold <k/K>'"),
      ("--checkpoint-every 10", "--checkpoint-every has no meaning without --output"),
      ("--keep 5", "--keep has no meaning without --output"),
      ("--model= --epochs 1", "--model has an empty value; give one, or leave it out"),
      ("--save= --quiet", "--save has an empty value; give one, or leave it out"),
      ("extra", "Unexpected argument 'extra'"), ("-- --quiet", "Unexpected argument '--quiet'"),
      ("--save-init model", "--save-init and --save are the same file, model"),
      ("--init metrics", "--init and --metrics are the same file, metrics"),
    ])
  func refused(_ options: String, message: String) async throws {
    let result = try await run(options)
    #expect(result.status == 64)
    #expect(result.errors.contains("trainer: error: "))
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(!folder.exists("model") && !folder.exists("metrics"))
  }

  @Test("an unknown optimizer is answered with the known ones")
  func knownOptimizers() async throws {
    let errors = try await run("--optimizer newton").errors
    for name in ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"] {
      #expect(errors.contains(name))
    }
  }

  @Test("an unknown data set is answered with the known ones")
  func knownDatasets() async throws {
    let result = try await Command.run(["--dataset", "cifar"], in: folder)
    #expect(result.status == 64)
    #expect(result.errors.contains("mnist, fashion-mnist"))
  }

  @Test("an unknown OpenBLAS core is answered with the known ones")
  func knownCores() async throws {
    let errors = try await run("--engine openblas --blas-core i386").errors
    for name in ["Haswell", "SkylakeX", "Zen"] { #expect(errors.contains(name)) }
  }

  @Test("a network that does not fit into memory is refused at once, with its size")
  func memory() async throws {
    let widths = Array(repeating: "65536", count: 256).joined(separator: ",")
    let result = try await run("--hidden \(widths)")
    // The machine has no more, or a limit that is set for the test itself allows no more.
    #expect([64, 71].contains(result.status))
    #expect(result.errors.contains(#/needs at least [0-9.]+ GiB of memory/#))
    #expect(!folder.exists("metrics"))
  }

  @Test(
    "an empty argument is refused",
    arguments: [
      (["--data", "small", "--save", ""], "--save has an empty value; give one, or leave it out"),
      (["evaluate", "--model", "", "--json"], "--model has an empty value"),
      (["--quiet", ""], "an argument is empty; leave it out"),
      (["runs", ""], "an argument is empty; leave it out"),
    ])
  func emptyArgument(words: [String], message: String) async throws {
    let result = try await Command.run(words, in: folder)
    #expect(result.status == 64)
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test(
    "two values of an option that takes one are refused",
    arguments: [
      (["export", "--model", "a", "--model=b", "--onnx", "x"], "--model is given twice, as a and"),
      (
        ["export", "--model", "a", "--onnx", "x", "--onnx", "y"],
        "--onnx is given twice, as x and y; give one"
      ),
      (
        ["data", "preview", "--augment", "flip", "--output", "x", "--output", "y"],
        "--output is given twice, as x and y; give one"
      ),
      (["data", "--data", "small", "--data", "y"], "--data is given twice, as small and y"),
      (["runs", "small", "--sort", "name", "--sort=time"], "--sort is given twice"),
    ])
  func twoValues(words: [String], message: String) async throws {
    let result = try await Command.run(words, in: folder)
    #expect(result.status == 64 && result.output.isEmpty)
    #expect(result.errors.contains("trainer: error: \(message)"), "\(result.errors)")
    #expect(!folder.exists("x") && !folder.exists("y"))
  }

  @Test(
    "the last value of a setting of training counts, and an equal one may be repeated",
    arguments: [
      ["--data", "none", "--data", "small", "--steps", "9", "--steps", "1", "--quiet"],
      ["summary", "--model", "dense 8", "--model", "dense 8"],
      ["data", "info", "--data=small", "--data", "small"],
    ])
  func lastValue(words: [String]) async throws {
    try await Command.succeed(words, in: folder)
  }

  @Test(
    "what is unusual but right is accepted",
    arguments: [
      "--batch-size 2 --steps 3", "--batch-size 3 --steps 2", "--batch-size 600",
      "--batch-size 32 --shard-size 1000 --steps 2", "--hidden 1", "--hidden none",
      "--dropout 0.99", "--optimizer Adam", "--dropout-mode Vanilla", "--threads 240 --steps 2",
      "--batch-size 1 --no-batch-norm --steps 3", "--epochs 2147483647 --steps 1",
      "--hidden None --pin NONE --lr-schedule Cosine",
    ])
  func accepted(_ options: String) async throws {
    let result = try await run("--epochs 1 " + options)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.digest != nil)
  }
}
