import Testing

@testable import Model
@testable import Training

@Suite("The limit of weights' norms")
struct WeightNormLimitTests {
  private static func setup(maxNorm: Double?, engine: Engine) throws -> UpdateSetup {
    var options = UpdateOptions()
    options.maxNorm = maxNorm
    // Columns of one panel, of a part of it, and of more.
    return try TrainingStepTests.setup(
      options, engine: engine, architecture: testArchitecture(hidden: [150, 64]))
  }

  /// Each column's values of a row-major matrix.
  private static func columns(_ values: [Float], _ shape: [Int]) -> [[Double]] {
    (0..<shape[1]).map { column in
      (0..<shape[0]).map { Double(values[$0 * shape[1] + column]) }
    }
  }

  private static func norm(_ column: [Double]) -> Double {
    column.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  @Test(
    "scales each unit's incoming weights that are longer, and touches nothing else",
    arguments: Engine.allCases)
  func columns(engine: Engine) throws {
    let limit = 1.3
    let plain = try Self.setup(maxNorm: nil, engine: engine)
    let limited = try Self.setup(maxNorm: limit, engine: engine)
    plain.run([TrainingStepTests.samples], number: 1)
    limited.run([TrainingStepTests.samples], number: 1)
    var longer = 0
    var shorter = 0
    for (found, before) in zip(limited.state.tensors, plain.state.tensors) {
      let shape = found.entry.shape
      guard shape.count == 2 else {
        #expect(found.values == before.values, "\(found.entry.name)")
        continue
      }
      for (found, before) in zip(
        Self.columns(found.values, shape), Self.columns(before.values, shape))
      {
        let norm = Self.norm(before)
        if norm <= limit {
          #expect(found == before)
          shorter += 1
        } else {
          #expect(
            zip(found, before).allSatisfy { abs($0 - $1 * (limit / norm)) < 1e-6 * abs($1) })
          #expect(abs(Self.norm(found) / limit - 1) < 1e-6)
          longer += 1
        }
      }
    }
    #expect(longer > 10 && shorter > 10)
  }

  @Test("leaves nothing behind that layers keep of their parameters", arguments: [1, 2])
  func keptCopies(batches: Int) throws {
    var options = TrainingStepTests.everything(accumulate: 2)
    options.maxNorm = 0.7
    let setup = try TrainingStepTests.setup(options)
    setup.run([[UInt32]](repeating: TrainingStepTests.samples, count: batches), number: 1)
    let step = setup.training.computation
    func kept() -> [[Float]] {
      step.workspace.layers.filter { $0.layer is Linear }.map {
        Array(UnsafeBufferPointer(start: $0.memory.kept, count: $0.layer.keptCount))
      }
    }
    let updated = kept()
    step.parametersChanged()
    #expect(updated.contains { !$0.isEmpty })
    #expect(kept() == updated)
  }
}
