import TestSupport
import Testing

@Suite("Invalid options of trainer scale")
struct ScaleOptionErrorTests {
  private let folder: TemporaryFolder
  private let data: String

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  @Test(
    "are refused before it measures, also those that would be ignored",
    arguments: [
      ("--threads 0", "--threads"), ("--threads 1,x", "--threads"),
      ("--threads 1,300", "--threads has 300"), ("--repeats 0", "--repeats is 0"),
      ("--steps 3 --seconds 1", "exclude each other"), ("--seconds 0", "--seconds is 0"),
      ("--warm-up 0", "--warm-up is 0"), ("--machines 2", "--machines has no meaning"),
      ("--simulate 4 --link-latency 3", "given together"),
      ("--simulate 4 --machines 1,2", "--machines above 1 needs --link-bandwidth"),
      ("--mode wide", "--mode"),
      ("--simulate 4 --memory-bandwidth 1e300", "--memory-bandwidth is 1e+300"),
      (
        "--threads 2,4 --simulate 8 --output lost",
        "measurements of 1 worker; --threads is 2,4, and has to include 1"
      ),
      (
        "--threads 1 --simulate 8 --output lost",
        "--simulate asks for 8 cores, which needs a measurement of at least 2 workers"
      ),
      (
        "--mode weak --threads 1,2 --batch-size 400",
        "--batch-size 400 times 2 workers is 800; with --mode weak it must be at most 600"
      ),
      ("--batch-size 601 --output lost", "--batch-size is 601"),
      ("--shard-size 9999999", "--shard-size"),
      ("--compare a", "--compare has 1 experiment; it takes two"),
      ("--compare a b --threads 2", "no meaning with"),
      ("--from a", "no meaning without --simulate"),
      ("--from a --simulate 2 --repeats 3", "--repeats has no meaning with --from"),
      ("--optimizer sgd --beta1 0.5", "--beta1 has no meaning"),
      ("--mpirun srun", "--mpirun has no meaning without --ranks above 1"),
      ("--overwrite", "--overwrite has no meaning without --output"),
      ("--from a --simulate 2 --overwrite", "--overwrite has no meaning without --output"),
      ("--compare a b --overwrite", "--overwrite has no meaning with --compare"),
    ])
  func refused(_ options: String, _ message: String) async throws {
    let measures = !options.contains("--compare") && !options.contains("--from")
    let result = try await Command.run(
      ["scale"] + (measures ? ["--data", data] : [])
        + options.split(separator: " ").map(String.init), in: folder)
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(!folder.exists("lost"))
  }

  @Test("are refused if they ask for predictions that take long")
  func manyPredictions() async throws {
    func numbers(upTo most: Int) -> String {
      (1...most).map { "\($0)" }.joined(separator: ",")
    }
    let result = try await Command.run(
      [
        "scale", "--from", "a", "--link-bandwidth", "1", "--link-latency", "1", "--simulate",
        numbers(upTo: 100), "--machines", numbers(upTo: 11),
      ], in: folder)
    #expect(result.status == 64)
    #expect(
      result.errors.contains(
        "--simulate has 100 numbers of cores and --machines 11 numbers of machines, which is 1100 "
          + "predictions; there can be at most 1000"), "\(result.errors)")
  }
}
