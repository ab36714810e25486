// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that building the trainer builds no benchmark library.
let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "benchmarks",
  dependencies: [
    .package(name: "trainer", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
  ],
  targets: [
    .systemLibrary(
      name: "CZlibReference", path: "Sources/CZlibReference", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"])]),
    .executableTarget(
      name: "LoadBenchmark",
      dependencies: [
        "CZlibReference",
        .product(name: "Trainer", package: "trainer"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "Kernels",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "Trainer", package: "trainer"),
      ],
      path: "Benchmarks/Kernels", swiftSettings: swiftSettings,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    .executableTarget(
      name: "StepBenchmark",
      dependencies: [
        .product(name: "Trainer", package: "trainer"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
  ]
)
