import CKernels
import Testing

@testable import Model

/// One kernel in every version: the one that the program calls, and one for each instruction set.
struct KernelVersions<Function: Sendable>: Sendable {
  let dispatched: Function
  let baseline: Function
  let v3: Function
  let v4: Function

  init(_ dispatched: Function, _ baseline: Function, _ v3: Function, _ v4: Function) {
    self.dispatched = dispatched
    self.baseline = baseline
    self.v3 = v3
    self.v4 = v4
  }

  /// The versions that this machine can run; elsewhere than on x86-64 all are the plain loop.
  func runnable() throws -> [(name: String, function: Function)] {
    let level = try machineLevel.get() ?? 4
    var versions = [("dispatched", dispatched), ("baseline", baseline)]
    if level >= 3 { versions.append(("v3", v3)) }
    if level >= 4 { versions.append(("v4", v4)) }
    return versions
  }

  /// Runs every version and holds it against a plain twin.
  ///
  /// - Parameters:
  ///   - context: What to say beside a failure, such as the sizes.
  ///   - expected: The outputs, from obvious code.
  ///   - tolerance: How far an output may be from its twin, relative to the twin's largest value;
  ///     nil demands equal bits.
  ///   - location: The caller.
  ///   - run: Calls a version and gives its outputs.
  /// - Throws: Where the machine's description cannot be read.
  func check(
    _ context: String, expecting expected: [[Float]], within tolerance: Double? = nil,
    location: SourceLocation = #_sourceLocation, run: (Function) -> [GuardedFloats]
  ) throws {
    let versions = try runnable()
    let first = run(versions[0].function)
    for (name, function) in versions {
      let outputs = run(function)
      #expect(
        outputs.allSatisfy { $0.isIntact }, "\(name), \(context): wrote beyond its output",
        sourceLocation: location)
      #expect(
        outputs.map { bits($0.values) } == first.map { bits($0.values) },
        "\(name), \(context): other bits than the dispatched version", sourceLocation: location)
    }
    if let tolerance {
      for (output, twin) in zip(first, expected) {
        #expect(
          largestRelativeDifference(output.values, twin.map(Double.init)) <= tolerance,
          "\(context)", sourceLocation: location)
      }
    } else {
      #expect(
        first.map { bits($0.values) } == expected.map(bits), "\(context): other bits than the twin",
        sourceLocation: location)
    }
  }
}

private let machineLevel = Result { try CPUFeatures.current().x86Level }

/// Memory that a kernel writes, with a margin that it has to leave alone.
struct GuardedFloats {
  private static let margin = [Float](repeating: -77, count: 32)
  private let count: Int
  /// The values and the margin.
  var memory: [Float]

  /// Holds values that the kernel changes in place.
  init(_ values: [Float]) {
    count = values.count
    memory = values + Self.margin
  }

  /// Holds room for an output, filled with what a kernel must overwrite.
  init(count: Int) {
    self.init([Float](repeating: .nan, count: count))
  }

  var values: ArraySlice<Float> { memory[..<count] }
  var isIntact: Bool { memory[count...].elementsEqual(Self.margin) }
}

/// Sizes around those of vectors, and their odd tails.
enum KernelSizes {
  static let counts = [0, 1, 3, 15, 16, 17, 63, 64, 65, 130, 1_001]
  static let rows = [1, 2, 7, 64]
  /// With the widths of the blocks of columns, and sums of them.
  static let columns = [1, 3, 8, 15, 16, 17, 32, 57, 63, 64, 65, 128, 130]
  static let matrices = rows.flatMap { rows in columns.map { (rows: rows, columns: $0) } }
}
