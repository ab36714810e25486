// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that building the trainer builds no benchmark library.
let package = Package(
  name: "benchmarks",
  dependencies: [
    .package(name: "trainer", path: ".."),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "Kernels",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "CKernels", package: "trainer"),
      ],
      path: "Benchmarks/Kernels",
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ],
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ]
)
