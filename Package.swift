// swift-tools-version: 6.2
import PackageDescription

// Continuous integration sets TRAINER_STRICT, so that a newer compiler's new warning never stops a
// user's build.
let isStrict = Context.environment["TRAINER_STRICT"] != nil

// A debug build is what `swift run` makes: it is optimized too, so that the command is fast as
// typed.
let swiftSettings: [SwiftSetting] =
  [
    .unsafeFlags(["-O"], .when(configuration: .debug)),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

// One rounding an operation in every version of a kernel: contraction to fused multiply-add is off.
let kernelSettings: [CSetting] =
  [
    .unsafeFlags([
      "-O3", "-ffp-contract=off", "-fno-math-errno", "-mprefer-vector-width=512",
    ])
  ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

// What `trainer --version` shows. scripts/install and scripts/package set it; SwiftPM's own
// `Context.gitInformation` is not read again while this file stays the same.
let buildSettings: [CSetting] = {
  guard let commit = Context.environment["TRAINER_COMMIT"] else { return [] }
  guard commit.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-.".contains($0)) })
  else {
    fatalError("TRAINER_COMMIT is '\(commit)', expected the name of a commit")
  }
  return [.define("TRAINER_COMMIT", to: "\"\(commit)\"")]
}()

let package = Package(
  name: "trainer",
  products: [
    .executable(name: "trainer", targets: ["TrainerCommand"]),
    .library(name: "Trainer", targets: ["Files", "ImageData", "Model", "Parallel", "Training"]),
    // For the timing of kernels in benchmarks/Package.swift.
    .library(name: "CKernels", targets: ["CKernels"]),
  ],
  traits: [
    .trait(name: "MPI", description: "Train on several processes and machines, by MPI.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    // The system's libraries.
    .systemLibrary(
      name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CZip", path: "Sources/CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(
      name: "CProtobuf", path: "Sources/CProtobuf", pkgConfig: "libprotobuf-c",
      providers: [.apt(["libprotobuf-c-dev"])]),
    .systemLibrary(
      name: "CYAML", path: "Sources/CYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(
      name: "CPNG", path: "Sources/CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "CMPI", path: "Sources/CMPI", pkgConfig: "ompi-c",
      providers: [.apt(["libopenmpi-dev"])]),

    // What is written in C.
    .target(name: "CBuild", path: "Sources/CBuild", cSettings: buildSettings),
    .target(name: "CKernels", path: "Sources/CKernels", cSettings: kernelSettings),
    .target(name: "CParallel", path: "Sources/CParallel"),
    .target(name: "CSignals", path: "Sources/CSignals"),
    .target(
      name: "CTensorBoardEvents", dependencies: ["CProtobuf"], path: "Sources/CTensorBoardEvents",
      exclude: ["events.proto"], publicHeadersPath: "."),
    .target(
      name: "CONNX", dependencies: ["CProtobuf"], path: "Sources/CONNX", exclude: ["onnx.proto"],
      publicHeadersPath: "."),
    // These load their library at run time: nothing is linked but the loader.
    .target(name: "CCurl", path: "Sources/CCurl", linkerSettings: [.linkedLibrary("dl")]),
    .target(
      name: "COpenBLAS", path: "Sources/COpenBLAS", linkerSettings: [.linkedLibrary("dl")]),

    // docs/architecture.md draws the targets from here on: each may use those before it that it
    // names.
    .target(
      name: "Files", dependencies: ["CCrypto", "CSignals"], path: "Sources/Files",
      swiftSettings: swiftSettings),
    .target(name: "Protobuf", path: "Sources/Protobuf", swiftSettings: swiftSettings),
    .target(
      name: "Parallel",
      dependencies: [
        "CKernels", "CParallel", "Files",
        .target(name: "CMPI", condition: .when(traits: ["MPI"])),
      ],
      path: "Sources/Parallel", swiftSettings: swiftSettings),
    .target(
      name: "ImageData",
      dependencies: ["CPNG", "CZlib", "Files", "Parallel"],
      path: "Sources/Data", exclude: ["Fetch", "Import", "Zip"], swiftSettings: swiftSettings),
    .target(
      name: "Archives", dependencies: ["CZip", "ImageData"], path: "Sources/Data/Zip",
      swiftSettings: swiftSettings),
    .target(
      name: "Fetching", dependencies: ["Archives", "CCurl", "Files", "ImageData"],
      path: "Sources/Data/Fetch", swiftSettings: swiftSettings),
    .target(
      name: "Importing", dependencies: ["Archives", "Files", "ImageData", "Parallel"],
      path: "Sources/Data/Import", swiftSettings: swiftSettings),
    .target(
      name: "Model", dependencies: ["CKernels", "COpenBLAS", "Files", "Parallel"],
      path: "Sources/Model", swiftSettings: swiftSettings),
    .target(
      name: "Training", dependencies: ["CKernels", "Files", "ImageData", "Model", "Parallel"],
      path: "Sources/Trainer/Training", swiftSettings: swiftSettings),
    .target(
      name: "Machine", dependencies: ["Files", "Model", "Parallel"],
      path: "Sources/Trainer/Machine",
      swiftSettings: swiftSettings),
    .target(
      name: "Pages", dependencies: ["CZlib", "Files"], path: "Sources/Trainer/Pages",
      swiftSettings: swiftSettings),
    .target(
      name: "TensorBoard",
      dependencies: [
        "CProtobuf", "CTensorBoardEvents", "Files", "ImageData", "Machine", "Model", "Parallel",
        "Protobuf", "Training",
      ],
      path: "Sources/Trainer/TensorBoard", swiftSettings: swiftSettings),
    .target(
      name: "Export",
      dependencies: ["CONNX", "CProtobuf", "Files", "Model", "Protobuf", "Training"],
      path: "Sources/Trainer/Export", swiftSettings: swiftSettings),
    .target(
      name: "Runs",
      dependencies: ["Files", "ImageData", "Machine", "Model", "Pages", "Parallel", "Training"],
      path: "Sources/Trainer/Runs", swiftSettings: swiftSettings),
    .target(
      name: "Scaling",
      dependencies: [
        "CKernels", "Files", "ImageData", "Machine", "Model", "Pages", "Parallel", "Runs",
        "Training",
      ],
      path: "Sources/Trainer/Scaling", swiftSettings: swiftSettings),
    .target(
      name: "Configuration", dependencies: ["CYAML", "Files", "Training"],
      path: "Sources/Trainer/Configuration", swiftSettings: swiftSettings),
    .executableTarget(
      name: "TrainerCommand",
      dependencies: [
        "CBuild", "Configuration", "Export", "Fetching", "Files", "ImageData", "Importing",
        "Machine",
        "Model", "Pages", "Parallel", "Runs", "Scaling", "TensorBoard", "Training",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Trainer/Command", swiftSettings: swiftSettings),

    // Programs that embed the trainer or measure it.
    .executableTarget(
      name: "embedding", dependencies: ["ImageData", "Model", "Training"],
      path: "examples/embedding", packageAccess: false, swiftSettings: swiftSettings),
    .systemLibrary(
      name: "CZlibReference", path: "benchmarks/Sources/CZlibReference", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"])]),
    .executableTarget(
      name: "LoadBenchmark",
      dependencies: [
        "CZlibReference", "ImageData",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "benchmarks/Sources/LoadBenchmark", swiftSettings: swiftSettings),
    .executableTarget(
      name: "StepBenchmark",
      dependencies: [
        "Files", "ImageData", "Machine", "Model", "Parallel", "Scaling", "Training",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "benchmarks/Sources/StepBenchmark", swiftSettings: swiftSettings),

    .target(
      name: "TestSupport", dependencies: ["CZlib", "Files", "Parallel"], path: "Tests/TestSupport",
      swiftSettings: swiftSettings),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(
      name: "FilesTests", dependencies: ["Files", "TestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "ParallelTests", dependencies: ["Files", "Parallel", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "DataTests",
      dependencies: [
        "Archives", "CZlib", "Fetching", "Files", "ImageData", "Importing", "Parallel",
        "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ModelTests",
      dependencies: ["CKernels", "Files", "Model", "Parallel", "TestSupport"],
      resources: [.copy("Reference")], swiftSettings: swiftSettings),
    .testTarget(
      name: "TrainerTests",
      dependencies: [
        "CAllocationCounter", "CONNX", "CProtobuf", "CTensorBoardEvents", "CZlib", "Export",
        "Files",
        "ImageData", "Machine", "Model", "Pages", "Parallel", "Runs", "Scaling", "TensorBoard",
        "TestSupport", "Training",
      ],
      resources: [.copy("Reference")], swiftSettings: swiftSettings),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Configuration", "Fetching", "Files", "ImageData", "Model", "Pages", "Runs", "TestSupport",
        "Training",
        "TrainerCommand",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
  ]
)

// scripts/fuzz alone builds this: its main function is libFuzzer's.
if Context.environment["TRAINER_FUZZING"] != nil {
  package.targets.append(
    .executableTarget(
      name: "FuzzReaders",
      dependencies: [
        "Archives", "Configuration", "Fetching", "Files", "ImageData", "Importing", "Model", "Runs",
        "Scaling", "TestSupport", "Training",
      ],
      path: "Tests/Fuzzing", swiftSettings: swiftSettings))
}

// Where only some tests are run, as under a sanitizer, the others need not be compiled.
if let names = Context.environment["TRAINER_TESTS"]?.split(separator: ",").map(String.init) {
  package.targets.removeAll { $0.type == .test && !names.contains($0.name) }
}
