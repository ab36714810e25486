// swift-tools-version: 6.2
import PackageDescription

// Continuous integration sets TRAINER_STRICT, so that a newer compiler's new warning never stops a
// user's build.
let isStrict = Context.environment["TRAINER_STRICT"] != nil

// A debug build is what `swift run` makes: it is optimised too, so that the command is fast as typed.
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

let package = Package(
  name: "trainer",
  products: [
    .executable(name: "trainer", targets: ["TrainerCommand"]),
    .library(name: "Trainer", targets: ["Trainer", "CKernels", "MNISTData", "Model", "Parallel"]),
  ],
  traits: [
    .trait(name: "MPI", description: "Train on several processes and machines, by MPI."),
    .trait(name: "PNG", description: "Read PNG images in `trainer predict`, by libpng."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(
      name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CPNG", path: "Sources/CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "CMPI", path: "Sources/CMPI", pkgConfig: "ompi-c",
      providers: [.apt(["libopenmpi-dev"])]),
    .target(name: "CKernels", path: "Sources/CKernels", cSettings: kernelSettings),
    .target(name: "CParallel", path: "Sources/CParallel"),
    // It loads the library at run time: nothing is linked but the loader.
    .target(
      name: "COpenBLAS", path: "Sources/COpenBLAS", linkerSettings: [.linkedLibrary("dl")]),

    .target(
      name: "Parallel",
      dependencies: [
        "CKernels", "CParallel", .target(name: "CMPI", condition: .when(traits: ["MPI"])),
      ],
      path: "Sources/Parallel", swiftSettings: swiftSettings),
    .target(
      name: "MNISTData",
      dependencies: [
        "CZlib", "Parallel", .product(name: "Crypto", package: "swift-crypto"),
        .target(name: "CPNG", condition: .when(traits: ["PNG"])),
      ],
      path: "Sources/Data", swiftSettings: swiftSettings),
    .target(
      name: "Model", dependencies: ["CKernels", "COpenBLAS", "Parallel"], path: "Sources/Model",
      swiftSettings: swiftSettings),
    .target(
      name: "Trainer",
      dependencies: [
        "CKernels", "CZlib", "MNISTData", "Model", "Parallel",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      path: "Sources/Trainer", exclude: ["Command", "TensorBoard/events.proto"],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "TrainerCommand",
      dependencies: [
        "MNISTData", "Model", "Parallel", "Trainer",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"),
      ],
      path: "Sources/Trainer/Command", swiftSettings: swiftSettings),

    .target(
      name: "TestSupport", dependencies: ["Parallel"], path: "Tests/TestSupport",
      swiftSettings: swiftSettings),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .target(name: "CKernelVersions", path: "Tests/CKernelVersions", cSettings: kernelSettings),
    .testTarget(
      name: "ParallelTests", dependencies: ["Parallel", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "DataTests", dependencies: ["CZlib", "MNISTData", "Parallel", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ModelTests",
      dependencies: ["CKernels", "CKernelVersions", "Model", "Parallel", "TestSupport"],
      resources: [.copy("Reference")], swiftSettings: swiftSettings),
    .testTarget(
      name: "TrainerTests",
      dependencies: [
        "CAllocationCounter", "CZlib", "MNISTData", "Model", "Parallel", "TestSupport", "Trainer",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      resources: [.copy("Reference")], swiftSettings: swiftSettings),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "TrainerCommand", "TestSupport", "Trainer",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
  ]
)
