import TestSupport
import Testing

@Suite("OpenBLAS's core, chosen by the user", .enabled(if: Processor.runsHaswell))
struct BLASCoreCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
  }

  private func train(
    _ options: [String], environment: [String: String] = [:]
  ) async throws -> (result: CommandResult, core: String?, origin: String?) {
    let result = try await Command.succeed(
      [
        "--data", "small", "--epochs", "2", "--threads", "2", "--metrics", "metrics",
        "--engine", "openblas",
      ] + options,
      environment: environment, in: folder)
    let machine = try JSONObject.lines(folder.text("metrics"))[0]["machine"] as? [String: Any]
    let blas = machine?["openblas"] as? [String: Any]
    return (result, blas?["core"] as? String, blas?["chosen_by"] as? String)
  }

  @Test("a core named on the command line computes, and the record says who chose it")
  func option() async throws {
    let named = try await train(["--blas-core", "haswell"])
    #expect(named.core == "Haswell")
    #expect(named.origin == "option")
    #expect(named.result.output.contains("Haswell"))
    let variable = try await train([], environment: ["OPENBLAS_CORETYPE": "Haswell"])
    #expect(variable.core == "Haswell")
    #expect(variable.origin == "environment")
    #expect(variable.result.digest == named.result.digest)
  }

  @Test("the command line's core wins over the variable's")
  func precedence() async throws {
    let run = try await train(
      ["--blas-core", "Haswell"], environment: ["OPENBLAS_CORETYPE": "Nehalem"])
    #expect(run.core == "Haswell")
    #expect(run.origin == "option")
  }

  @Test("a core older than the CPU is warned of, however it was forced")
  func oldCore() async throws {
    let named = try await train(["--blas-core", "Nehalem"])
    #expect(named.result.errors.contains("warning: --blas-core Nehalem makes OpenBLAS use"))
    let variable = try await train([], environment: ["OPENBLAS_CORETYPE": "Nehalem"])
    #expect(
      variable.result.errors.contains("warning: OPENBLAS_CORETYPE=Nehalem makes OpenBLAS use"))
  }

  @Test("left alone, OpenBLAS computes with a core as new as the CPU, unwarned")
  func automatic() async throws {
    let run = try await train([])
    #expect(!run.result.errors.contains("warning"))
    #expect(["automatic", "corrected"].contains(run.origin))
  }

  @Test("info and evaluation take the option too")
  func otherCommands() async throws {
    let info = try await Command.run(["info", "--blas-core", "Haswell"], in: folder)
    #expect(info.output.contains("kernels for Haswell (chosen with --blas-core)"))
    _ = try await train(["--save", "model"])
    let evaluation = try await Command.run(
      ["evaluate", "--model", "model", "--data", "small", "--blas-core", "Haswell"], in: folder)
    // The model names its engine.
    #expect(evaluation.status == 0)
    let native = try await Command.run(
      ["--data", "small", "--blas-core", "Haswell"], in: folder)
    #expect(native.status == 64)
    #expect(native.errors.contains("--blas-core Haswell has no meaning for --engine native"))
  }
}
